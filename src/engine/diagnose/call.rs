//! Functions that are called with arguments they do not take.

use super::{
    Diagnosis,
    wording::{backticks, between, plain_types, sentence},
};
use crate::error::Error;

/// Sentences that name a function and say what is wrong with its arguments.
const NAMED: [(&str, &str); 6] = [
    ("given name and argument types '", "("),
    ("to satisfy a call to '", "'"),
    ("Function '", "'"),
    ("function '", "'"),
    ("For function ", " "),
    ("The function '", "'"),
];

impl Diagnosis {
    /// How a function is called, on one line.
    pub(super) fn syntax(&self, name: &str) -> Option<String> {
        let function = self.catalog.functions().into_iter().find(|function| function.name == name)?;
        let syntax = function.documentation?.syntax_example;
        (!syntax.trim().is_empty()).then(|| syntax.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// The name by which the text calls a function that the library knows by its own.
    fn name_in_text(&self, own_name: &str) -> String {
        if self.text.find_call(own_name).is_some() {
            return own_name.to_owned();
        }
        let functions = self.catalog.functions().into_iter();
        let mut names =
            functions.filter(|function| function.own_name == own_name).map(|function| function.name);
        names.find(|name| self.text.find_call(name).is_some()).unwrap_or_else(|| own_name.to_owned())
    }

    /// A whole message that says which function cannot be called, if it says so.
    pub(super) fn explain_call(&self, message: &str) -> Option<Error> {
        let own_name = NAMED.iter().find_map(|(start, end)| between(message, start, end))?;
        if own_name.is_empty() || own_name.contains(' ') {
            return None;
        }
        let name = self.name_in_text(own_name);
        let types = between(message, "argument types '", ")'")
            .and_then(|call| call.split_once('('))
            .map(|(_, types)| plain_types(types));
        // What the function itself has to say is better than anything said about it.
        if let Some((reason, help)) = own_words(message) {
            let error = Error::query(reason);
            let error = match (help, self.syntax(&name)) {
                (Some(help), _) => error.hint(help),
                (None, Some(syntax)) => error.hint(format!("call it as `{syntax}`")),
                (None, None) => error.hint(format!("`marginql functions {name}` shows how it is called")),
            };
            return Some(self.at_call(&name, error));
        }
        let error = match types {
            Some(types) if types.is_empty() => {
                Error::query(format!("`{name}` cannot be called without arguments"))
            }
            Some(types) => Error::query(format!("`{name}` cannot be called with {types}")),
            None => Error::query(format!("`{name}` cannot be called like this")),
        };
        let error = match short_reason(message) {
            Some(reason) => error.note(reason),
            None => error,
        };
        let error = match self.syntax(&name) {
            Some(syntax) => error.hint(format!("call it as `{syntax}`")),
            None => error.hint(format!("`marginql functions {name}` shows how it is called")),
        };
        Some(self.at_call(&name, error))
    }

    pub(super) fn at_call(&self, name: &str, error: Error) -> Error {
        match self.text.find_call(name) {
            Some(place) => error.at(place),
            None => error,
        }
    }
}

/// What a function of marginql says of its arguments, and its help. It arrives as text, not as an error.
fn own_words(message: &str) -> Option<(String, Option<String>)> {
    let said = message.split_once("coercion failed with: External error: ")?.1;
    let said = said.split(". No function matches").next().unwrap_or(said);
    match said.split_once(" (help: ") {
        Some((reason, help)) => {
            let help = help.strip_suffix(')').unwrap_or(help);
            Some((plain_types(reason), Some(plain_types(help))))
        }
        None => Some((plain_types(&sentence(said)), None)),
    }
}

/// Why the call is refused, where the library can say it in a few words.
fn short_reason(message: &str) -> Option<String> {
    let reason = message.split(". No function matches").next().unwrap_or(message);
    if let Some((_, said)) = reason.split_once("coercion failed with: ") {
        return Some(plain_types(&sentence(said)));
    }
    // A list of signatures, tried one after the other, explains nothing.
    let is_list = reason.contains("failed to match any signature") || reason.contains("OneOf(");
    let counted = between(reason, "expects ", " arguments but received ");
    match (is_list, counted) {
        (true, _) => None,
        (false, Some(wanted)) => {
            let given = reason.rsplit("but received ").next().unwrap_or_default();
            Some(format!(
                "it takes {}, {given} {} given",
                arguments(wanted),
                if given == "1" { "was" } else { "were" }
            ))
        }
        (false, None) if reason.contains("to the signature Exact(") => {
            let wanted = between(reason, "to the signature Exact(", ") failed")?;
            Some(format!("it takes ({})", plain_types(wanted)))
        }
        (false, None) if reason.starts_with("No function matches") => None,
        (false, None) => Some(backticks(&plain_types(&sentence(reason)))),
    }
}

fn arguments(count: &str) -> String {
    match count {
        "1" => "1 argument".to_owned(),
        count => format!("{count} arguments"),
    }
}
