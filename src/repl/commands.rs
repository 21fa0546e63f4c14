//! The one list of backslash commands: help, completion and suggestions come from it.

use std::ops::Range;

use crate::{
    error::{Error, Result},
    query::Text,
    suggest::nearest,
};

/// What a command does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Describe,
    Origin,
    Functions,
    Documentation,
    Format,
    Expanded,
    All,
    Output,
    Include,
    Set,
    Timing,
    Help,
    Quit,
}

/// What a command's argument names, so that it can be completed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    Nothing,
    Table,
    Function,
    Format,
    Toggle,
    File,
    Parameter,
}

/// A backslash command.
#[derive(Debug)]
pub(super) struct Command {
    /// What follows the backslash.
    pub(super) name: &'static str,
    /// The arguments as the help shows them; in brackets what may be left out.
    pub(super) arguments: &'static str,
    /// What the argument names.
    pub(super) takes: Takes,
    /// One line for the help.
    pub(super) help: &'static str,
    /// What it does.
    pub(super) action: Action,
}

/// Every command, in the order of the help.
pub(super) const COMMANDS: &[Command] = &[
    command(
        "d",
        "[NAME]",
        Takes::Table,
        "list the tables, or a table's columns and why they have their types",
        Action::Describe,
    ),
    command(
        "d+",
        "NAME",
        Takes::Table,
        "also show the SQL of a view, or the files of a table",
        Action::Origin,
    ),
    command(
        "df",
        "[PATTERN]",
        Takes::Function,
        "list marginql's functions, or all whose name contains the pattern",
        Action::Functions,
    ),
    command("h", "FUNCTION", Takes::Function, "show a function's documentation", Action::Documentation),
    command(
        "format",
        "[NAME]",
        Takes::Format,
        "show results as table, expanded, csv, json, markdown, …",
        Action::Format,
    ),
    command("x", "[on|off]", Takes::Toggle, "show one record below the other", Action::Expanded),
    command("all", "", Takes::Nothing, "run the last query again and show all its rows", Action::All),
    command(
        "o",
        "[FILE]",
        Takes::File,
        "write the next result to a file; without a file, to the screen",
        Action::Output,
    ),
    command("i", "FILE", Takes::File, "run the statements and commands of a file", Action::Include),
    command(
        "set",
        "[NAME VALUE]",
        Takes::Parameter,
        "set the parameter $NAME, or list the parameters",
        Action::Set,
    ),
    command("timing", "[on|off]", Takes::Toggle, "show how long each statement takes", Action::Timing),
    command("?", "", Takes::Nothing, "show this help", Action::Help),
    command("q", "", Takes::Nothing, "leave (so does Ctrl-D)", Action::Quit),
];

const fn command(
    name: &'static str,
    arguments: &'static str,
    takes: Takes,
    help: &'static str,
    action: Action,
) -> Command {
    Command { name, arguments, takes, help, action }
}

impl Command {
    /// The command of this name.
    pub(super) fn named(name: &str) -> Option<&'static Command> {
        COMMANDS.iter().find(|command| command.name == name)
    }

    /// `\d [NAME]`.
    pub(super) fn usage(&self) -> String {
        format!("\\{} {}", self.name, self.arguments).trim_end().to_owned()
    }
}

/// A command as it was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Call<'a> {
    /// What to do.
    pub(super) action: Action,
    /// The argument, without white space around it and without a semicolon at its end.
    pub(super) argument: Option<&'a str>,
}

/// Reads a command.
///
/// # Errors
/// An unknown command, an argument too many, or one that is missing.
pub(super) fn parse(text: &Text, span: Range<usize>) -> Result<Call<'_>> {
    let typed = &text.content()[span.clone()];
    let (name, argument) = match typed.find(char::is_whitespace) {
        Some(length) => (&typed[..length], typed[length..].trim()),
        None => (typed, ""),
    };
    // Who is used to typing `;` gets no other command for it.
    let word = name.trim_end_matches(';').trim_start_matches('\\');
    let argument = argument.trim_end_matches(';').trim_end();
    let place = text.place(span.start..span.start + name.len());
    let Some(command) = Command::named(word) else {
        let error = Error::usage(format!("unknown command `{}`", name.trim_end_matches(';'))).at(place);
        return Err(match nearest(word, COMMANDS.iter().map(|command| command.name)) {
            Some(nearest) => error.hint(format!("did you mean `\\{nearest}`? `\\?` lists the commands")),
            None => error.hint("`\\?` lists the commands"),
        });
    };
    let misused = |problem: &str| {
        Error::usage(format!("`\\{}` {problem}", command.name))
            .at(place.clone())
            .hint(format!("write `{}`", command.usage()))
    };
    if command.takes == Takes::Nothing && !argument.is_empty() {
        return Err(misused("takes no argument"));
    }
    if argument.is_empty() && !command.arguments.is_empty() && !command.arguments.starts_with('[') {
        return Err(misused("needs an argument"));
    }
    Ok(Call { action: command.action, argument: Some(argument).filter(|argument| !argument.is_empty()) })
}

/// The page that `\?` shows.
pub(super) fn help() -> String {
    let width = COMMANDS.iter().map(|command| command.usage().len()).max().unwrap_or_default();
    let mut page = "End a statement with `;`. Press Tab to complete, Ctrl-C to cancel, Up for what you typed before.\n\n"
        .to_owned();
    for command in COMMANDS {
        page.push_str(&format!("  {:width$}  {}\n", command.usage(), command.help));
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_stands_in_the_manual_and_no_other() {
        let manual = include_str!("../../docs/repl.md");
        let rows: Vec<_> = manual.lines().filter(|line| line.starts_with("| `\\")).collect();
        let expected: Vec<_> = COMMANDS
            .iter()
            .map(|command| format!("| `{}` | {} |", command.usage().replace('|', "\\|"), command.help))
            .collect();
        assert_eq!(rows, expected);
    }

    fn refusal(typed: &str) -> (String, String) {
        let text = Text::new("<prompt>", typed);
        let error = parse(&text, 0..typed.len()).expect_err("an error");
        (error.message().to_owned(), error.hints().join(" "))
    }

    #[test]
    fn a_mistyped_command_is_answered_with_the_nearest() {
        assert_eq!(
            refusal("\\timign on"),
            (
                "unknown command `\\timign`".to_owned(),
                "did you mean `\\timing`? `\\?` lists the commands".to_owned()
            )
        );
        assert_eq!(refusal("\\zzzz").1, "`\\?` lists the commands");
        assert_eq!(refusal("\\h"), ("`\\h` needs an argument".to_owned(), "write `\\h FUNCTION`".to_owned()));
        assert_eq!(refusal("\\q now").0, "`\\q` takes no argument");
    }

    #[test]
    fn a_semicolon_after_a_command_does_not_matter() {
        let text = Text::new("<prompt>", "\\d sales;");
        let call = parse(&text, 0..9).expect("a command");
        assert_eq!(call, Call { action: Action::Describe, argument: Some("sales") });
        let text = Text::new("<prompt>", "\\q;");
        assert_eq!(parse(&text, 0..3).expect("a command").action, Action::Quit);
    }
}
