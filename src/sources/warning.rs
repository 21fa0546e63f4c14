//! What the user should be told of files although they can be read.

use serde::{Deserialize, Serialize};

/// How much a warning matters where numbers must be right.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Importance {
    /// How to convert a column by hand. A project converts its columns itself.
    Advice,
    /// What was guessed or left out.
    #[default]
    Notice,
    /// Something that makes totals wrong unless someone says that it does not.
    Fault,
}

/// Something the user should know although the table can be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// What was decided or found.
    pub message: String,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// How much it matters.
    #[serde(default)]
    pub importance: Importance,
}

impl Warning {
    /// Returns a warning about something guessed or left out.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None, importance: Importance::Notice }
    }

    /// Adds what to do about it.
    pub(crate) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Says that it is about converting a column by hand.
    pub(super) fn into_advice(mut self) -> Self {
        self.importance = Importance::Advice;
        self
    }

    /// Says that totals are wrong with it.
    pub(super) fn into_fault(mut self) -> Self {
        self.importance = Importance::Fault;
        self
    }
}
