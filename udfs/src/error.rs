//! The error that functions raise for data they must refuse. It knows nothing of who shows it.

use std::{error::Error, fmt};

use datafusion::error::DataFusionError;

/// What a function found wrong with its input, and what the caller can do about it.
///
/// It travels inside [`DataFusionError::External`], so that a host program can find it along
/// the chain of sources and show the help apart from the message; others see both as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionError {
    message: String,
    help: Option<String>,
}

impl FunctionError {
    /// Says what is wrong and where: lower case, no trailing period, names and values in backticks.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None }
    }

    /// Says what to do now.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// What is wrong, and where.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do now, if there is something.
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }
}

impl fmt::Display for FunctionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.help {
            Some(help) => write!(f, " (help: {help})"),
            None => Ok(()),
        }
    }
}

impl Error for FunctionError {}

impl From<FunctionError> for DataFusionError {
    fn from(error: FunctionError) -> Self {
        DataFusionError::External(Box::new(error))
    }
}
