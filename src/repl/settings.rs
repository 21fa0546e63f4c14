//! What the commands set: parameters, the format, the file for results. Runs nothing.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use arrow::array::{ArrayRef, RecordBatch, StringArray};

use super::Options;
use crate::{
    console::{Advice, Destination, Ui},
    error::{Error, Result},
    output::Format,
    query::{Argument, ParameterType, Parameters, Statement},
    suggest::nearest,
};

/// What a table on the screen leaves out is seen by these.
const ADVICE: Advice = Advice { all_rows: "\\all shows all", all_columns: "\\x or \\o FILE shows all" };

/// A file that takes the next result.
#[derive(Debug)]
struct OutputFile {
    path: PathBuf,
    format: Format,
    is_taken: bool,
}

/// How statements are run and their results shown.
#[derive(Debug)]
pub(super) struct Settings {
    /// Whether the time each statement takes is shown.
    pub(super) timing: bool,
    arguments: Vec<Argument>,
    format: Format,
    /// The format to which `\x` goes back.
    format_before: Format,
    rows_max: Option<usize>,
    output: Option<OutputFile>,
}

impl Settings {
    pub(super) fn new(options: &Options) -> Self {
        let format = options.format.unwrap_or(Format::Table);
        let output = options.output.clone().map(|path| OutputFile {
            format: options.format.or_else(|| Format::from_path(&path)).unwrap_or(Format::Table),
            path,
            is_taken: false,
        });
        // A format given together with a file is the file's.
        let format = if output.is_some() { Format::Table } else { format };
        Self {
            timing: false,
            arguments: options.parameters.clone(),
            format,
            format_before: Format::Table,
            rows_max: options.rows_max,
            output,
        }
    }

    /// The screen, for lists and descriptions: all rows, in a format that can be read.
    pub(super) fn screen(&self, ui: Ui) -> Destination {
        let format = if self.format.is_binary() { Format::Table } else { self.format };
        Destination::stdout(format, Some(0), ui).advising(ADVICE)
    }

    /// Where the next result goes.
    ///
    /// # Errors
    /// A file that has its result already, or bytes for a terminal.
    pub(super) fn destination(&self, all_rows: bool, ui: Ui) -> Result<Destination> {
        match &self.output {
            Some(output) if output.is_taken => {
                Err(Error::usage(format!("`{}` has its result already", output.path.display()))
                    .hint("name another file with `\\o FILE`, or go back to the screen with `\\o`"))
            }
            Some(output) => Ok(Destination::file(output.path.clone(), output.format, None)),
            None if self.format.is_binary() && ui.width().is_some() => {
                Err(Error::usage(format!("`{}` is not readable on a terminal", self.format))
                    .hint("write the result to a file with `\\o FILE`, or choose `\\format table`"))
            }
            None => {
                let rows_max = if all_rows { Some(0) } else { self.rows_max };
                Ok(Destination::stdout(self.format, rows_max, ui).advising(ADVICE))
            }
        }
    }

    /// Notes that a result has been written where [`Settings::destination`] said.
    pub(super) fn result_written(&mut self) {
        if let Some(output) = &mut self.output {
            output.is_taken = true;
        }
    }

    /// Sends the next result to a file, in the format of its extension, or else of the screen; none: to the screen.
    pub(super) fn set_output(&mut self, path: Option<&Path>) {
        self.output = path.map(|path| OutputFile {
            path: path.to_owned(),
            format: Format::from_path(path).unwrap_or(self.format),
            is_taken: false,
        });
    }

    /// Sets or tells the format of the screen; returns what there is to say.
    ///
    /// # Errors
    /// An unknown format.
    pub(super) fn set_format(&mut self, name: Option<&str>) -> Result<String> {
        if let Some(name) = name {
            self.format = name.parse()?;
        }
        Ok(format!("results are shown as {}", self.format))
    }

    /// Switches to one record below the other, and back; returns what there is to say.
    ///
    /// # Errors
    /// An argument that is neither `on` nor `off`.
    pub(super) fn set_expanded(&mut self, argument: Option<&str>) -> Result<String> {
        let is_expanded = self.format == Format::Expanded;
        match (is_expanded, switched(is_expanded, argument)?) {
            (false, true) => {
                self.format_before = self.format;
                self.format = Format::Expanded;
            }
            (true, false) => self.format = self.format_before,
            _ => {}
        }
        self.set_format(None)
    }

    /// Switches the display of time; returns what there is to say.
    ///
    /// # Errors
    /// An argument that is neither `on` nor `off`.
    pub(super) fn set_timing(&mut self, argument: Option<&str>) -> Result<String> {
        self.timing = switched(self.timing, argument)?;
        Ok(format!("timing is {}", if self.timing { "on" } else { "off" }))
    }

    /// Sets a parameter from `NAME VALUE` or `NAME:TYPE VALUE`.
    ///
    /// # Errors
    /// A missing value, or one that is not of the type.
    pub(super) fn set_parameter(&mut self, text: &str) -> Result<()> {
        let Some((name, value)) = text.split_once(char::is_whitespace) else {
            return Err(Error::usage(format!("parameter `{text}` needs a value"))
                .hint(format!("write `\\set {text} VALUE`, or with its type `\\set {text}:date VALUE`")));
        };
        // Quotes are for values with white space at their ends; SQL's habit of quoting texts is welcome too.
        let value = value.trim();
        let value = match value.strip_prefix('\'').and_then(|value| value.strip_suffix('\'')) {
            Some(quoted) => quoted.replace("''", "'"),
            None => value.to_owned(),
        };
        let argument: Argument = format!("{name}={value}").parse()?;
        Parameters::resolve(&[], std::slice::from_ref(&argument))?;
        self.arguments.retain(|known| known.name != argument.name);
        self.arguments.push(argument);
        Ok(())
    }

    /// What was given for the parameters.
    pub(super) fn arguments(&self) -> &[Argument] {
        &self.arguments
    }

    /// The names of the parameters.
    pub(super) fn parameter_names(&self) -> Vec<String> {
        self.arguments.iter().map(|argument| argument.name.clone()).collect()
    }

    /// One row for each parameter.
    ///
    /// # Errors
    /// None that a user can cause.
    pub(super) fn parameters_batch(&self) -> Result<RecordBatch> {
        let column = |value: &dyn Fn(&Argument) -> String| -> ArrayRef {
            Arc::new(StringArray::from_iter_values(self.arguments.iter().map(value)))
        };
        let type_of = |argument: &Argument| {
            argument.parameter_type.unwrap_or_else(|| ParameterType::of_look(&argument.value)).to_string()
        };
        RecordBatch::try_from_iter([
            ("parameter", column(&|argument| argument.name.clone())),
            ("type", column(&type_of)),
            ("value", column(&|argument| argument.value.clone())),
        ])
        .map_err(|error| Error::query("the list cannot be built").caused_by(error))
    }

    /// Sees to it that a statement has all its parameters; the message names the prompt's remedy.
    ///
    /// # Errors
    /// A parameter without value.
    pub(super) fn check(&self, statement: &Statement, given: &Parameters) -> Result<()> {
        let Some(missing) = statement.placeholders().into_iter().find(|name| given.get(name).is_none())
        else {
            return Ok(());
        };
        let error = Error::usage(format!("parameter `{missing}` has no value"));
        let error = match nearest(&missing, self.arguments.iter().map(|argument| argument.name.as_str())) {
            Some(nearest) => error.hint(format!("did you mean `${nearest}`?")),
            None => error.hint(format!("set one with `\\set {missing} VALUE`")),
        };
        let text = statement.text();
        Err(match text.content().find(&format!("${missing}")) {
            Some(start) => error.at(text.place(start..start + missing.len() + 1)),
            None => error,
        })
    }
}

/// `on`, `off`, or without argument the other way round.
fn switched(now: bool, argument: Option<&str>) -> Result<bool> {
    match argument {
        None => Ok(!now),
        Some("on") => Ok(true),
        Some("off") => Ok(false),
        Some(other) => Err(Error::usage(format!("`{other}` is neither `on` nor `off`"))
            .hint("without an argument the command switches")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_has_the_type_it_looks_like_or_the_one_that_is_said() {
        let mut settings = Settings::new(&Options::default());
        settings.set_parameter("from 2026-01-01").expect("a date");
        settings.set_parameter("code:text 00123").expect("a text");
        settings.set_parameter("who 'it''s me '").expect("a text");
        settings.set_parameter("from 7").expect("a number");
        let batch = settings.parameters_batch().expect("a list");
        let column = |index: usize| -> Vec<String> {
            let column = batch.column(index).as_any().downcast_ref::<StringArray>().expect("texts");
            column.iter().flatten().map(str::to_owned).collect()
        };
        assert_eq!(column(0), ["code", "who", "from"]);
        assert_eq!(column(1), ["text", "text", "int"]);
        assert_eq!(column(2), ["00123", "it's me ", "7"]);
        assert!(settings.set_parameter("from:date 7").is_err());
        assert!(settings.set_parameter("from").is_err());
    }

    #[test]
    fn expanded_goes_back_to_what_was_before() {
        let mut settings = Settings::new(&Options { format: Some(Format::Csv), ..Options::default() });
        assert_eq!(settings.set_expanded(None).expect("on"), "results are shown as expanded");
        assert_eq!(settings.set_expanded(Some("on")).expect("on"), "results are shown as expanded");
        assert_eq!(settings.set_expanded(None).expect("off"), "results are shown as csv");
        assert!(settings.set_expanded(Some("maybe")).is_err());
    }
}
