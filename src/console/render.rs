//! From the rows of a query to stdout or a file, in the format the user wants.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use arrow::{array::RecordBatch, datatypes::SchemaRef};

use super::ui::Ui;
use crate::{
    engine::Rows,
    error::{Error, Result},
    output::{self, AtomicFile, Format, Sink, Style, Summary},
};

/// Rows that a terminal shows unless the user says otherwise.
const ROWS_SHOWN_MAX: usize = 40;

/// How to see what a table on the terminal leaves out.
#[derive(Debug, Clone, Copy)]
pub struct Advice {
    /// What shows all rows.
    pub all_rows: &'static str,
    /// What shows all columns.
    pub all_columns: &'static str,
}

impl Advice {
    const COMMAND_LINE: Self =
        Self { all_rows: "--rows-max 0 shows all", all_columns: "--format expanded or -o FILE shows all" };
}

/// Where rows go, and how they look.
#[derive(Debug, Clone)]
pub struct Destination {
    format: Format,
    file: Option<PathBuf>,
    style: Style,
    advice: Advice,
}

impl Destination {
    /// stdout, in a format and with the terminal's width.
    pub fn stdout(format: Format, rows_max: Option<usize>, ui: Ui) -> Self {
        let width = ui.width();
        let rows_max = match (rows_max, width) {
            (Some(0), _) => None,
            (Some(rows_max), _) => Some(rows_max),
            // Whoever reads a pipe wants all rows.
            (None, None) => None,
            (None, Some(_)) => Some(ROWS_SHOWN_MAX),
        };
        let style = Style { width, rows_max, color: ui.color_output(), ..Style::default() };
        Self { format, file: None, style, advice: Advice::COMMAND_LINE }
    }

    /// A file, in a format.
    pub fn file(path: PathBuf, format: Format, title: Option<String>) -> Self {
        let style = Style { title, ..Style::default() };
        Self { format, file: Some(path), style, advice: Advice::COMMAND_LINE }
    }

    /// The format that is named, else that of the file's extension, else a table; stdout without a file.
    ///
    /// # Errors
    /// A binary format on a terminal, or a file whose extension names no format.
    pub fn chosen(
        format: Option<Format>,
        file: Option<&Path>,
        rows_max: Option<usize>,
        ui: Ui,
    ) -> Result<Self> {
        match file {
            None => {
                let format = format.unwrap_or(Format::Table);
                if format.is_binary() && ui.is_terminal() {
                    return Err(Error::usage(format!("`{format}` is not readable on a terminal"))
                        .hint("write it to a file with `-o FILE`"));
                }
                Ok(Self::stdout(format, rows_max, ui))
            }
            Some(path) => Ok(Self::file(path.to_owned(), format_of(path, format)?, None)),
        }
    }

    /// The same with another title, for formats that show one.
    #[must_use]
    pub fn titled(mut self, title: Option<&str>) -> Self {
        self.style.title = title.map(str::to_owned);
        self
    }

    /// The same with other advice on what is left out.
    #[must_use]
    pub fn advising(mut self, advice: Advice) -> Self {
        self.advice = advice;
        self
    }

    /// Whether several results can go into one file of it.
    pub fn holds_tables(&self) -> bool {
        self.format.holds_tables()
    }

    /// The file, if it is not stdout.
    pub fn path(&self) -> Option<&Path> {
        self.file.as_deref()
    }
}

/// The format that the user names, or that the file's extension names.
///
/// # Errors
/// Neither says it.
pub fn format_of(path: &Path, format: Option<Format>) -> Result<Format> {
    format.or_else(|| Format::from_path(path)).ok_or_else(|| {
        let names: Vec<_> = Format::ALL.iter().map(|format| format!("`{format}`")).collect();
        Error::usage(format!("`{}` does not say in which format to write", path.display()))
            .hint(format!("add `--format`, one of {}", names.join(", ")))
    })
}

/// Rows that are written and wait to be published.
pub struct Rendered {
    file: OpenFile,
    summary: Summary,
    advice: Advice,
}

impl Rendered {
    /// Puts the file in its place; what went to stdout is there already.
    ///
    /// # Errors
    /// A file that cannot be put in place.
    pub fn publish(self, ui: Ui) -> Result<Summary> {
        if let Some((file, path)) = self.file {
            file.commit()?;
            ui.note(&format!("{} written to {}", rows_text(self.summary.rows), path.display()));
        }
        if self.summary.rows_shown < self.summary.rows {
            ui.note(&format!(
                "{} of {} shown; {}",
                thousands(self.summary.rows_shown),
                rows_text(self.summary.rows),
                self.advice.all_rows
            ));
        }
        if !self.summary.columns_hidden.is_empty() {
            ui.note(&format!(
                "not shown, for want of width: {}; {}",
                self.summary.columns_hidden.join(", "),
                self.advice.all_columns
            ));
        }
        Ok(self.summary)
    }
}

/// Writes all rows, and each batch to `copy` as well.
///
/// # Errors
/// Whatever goes wrong in the query or in writing; a file is then left as it was.
pub async fn render(
    rows: Rows,
    destination: &Destination,
    ui: Ui,
    mut copy: Option<Box<dyn Sink>>,
) -> Result<Rendered> {
    let mut writing = Writing::begin(Arc::clone(rows.schema()), destination, ui)?;
    writing.add(rows, copy.as_deref_mut()).await?;
    let rendered = writing.finish()?;
    if let Some(copy) = copy {
        copy.finish()?;
    }
    Ok(rendered)
}

/// Results on their way into one file, or to stdout.
pub struct Writing {
    sink: Box<dyn Sink>,
    file: OpenFile,
    advice: Advice,
}

impl Writing {
    /// Opens the destination for the columns of a first result.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn begin(schema: SchemaRef, destination: &Destination, ui: Ui) -> Result<Self> {
        let (writer, file) = match &destination.file {
            None => (ui.data(), None),
            Some(path) => {
                let file = AtomicFile::create(path)?;
                (file.writer()?, Some((file, path.clone())))
            }
        };
        let style = Style { formulas_as_text: ui.formulas_as_text(), ..destination.style.clone() };
        let sink = output::open(destination.format, schema, writer, &style)?;
        Ok(Self { sink, file, advice: destination.advice })
    }

    /// Goes on with another result under a title, in formats that hold several.
    ///
    /// # Errors
    /// A format that holds one table.
    pub fn next(&mut self, schema: SchemaRef, title: Option<&str>) -> Result<()> {
        self.sink.next_table(schema, title)
    }

    /// Writes all rows, and each batch to `copy` as well.
    ///
    /// # Errors
    /// Whatever goes wrong in the query or in writing; a file is then left as it was.
    pub async fn add(&mut self, mut rows: Rows, mut copy: Option<&mut (dyn Sink + 'static)>) -> Result<()> {
        while let Some(batch) = rows.next().await? {
            self.sink.write(&batch)?;
            if let Some(copy) = &mut copy {
                copy.write(&batch)?;
            }
            // Rows that come faster than they are written would otherwise leave no moment to be interrupted.
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    /// Ends the file, which waits to be published.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn finish(self) -> Result<Rendered> {
        Ok(Rendered { summary: self.sink.finish()?, file: self.file, advice: self.advice })
    }
}

/// Writes rows that are there already, such as the list of tables.
///
/// # Errors
/// Whatever goes wrong in writing.
pub fn render_batch(batch: &RecordBatch, destination: &Destination, ui: Ui) -> Result<()> {
    let mut writing = Writing::begin(batch.schema(), destination, ui)?;
    writing.sink.write(batch)?;
    writing.finish()?.publish(ui)?;
    Ok(())
}

/// Writes several tables into one file, each under its title.
///
/// # Errors
/// A format that holds one table; whatever goes wrong in writing, and the file is then left as it was.
pub fn render_tables(tables: &[(&str, RecordBatch)], path: &Path, format: Format, ui: Ui) -> Result<()> {
    let Some(((first, batch), others)) = tables.split_first() else { return Ok(()) };
    let destination = Destination::file(path.to_owned(), format, Some((*first).to_owned()));
    let mut writing = Writing::begin(batch.schema(), &destination, ui)?;
    writing.sink.write(batch)?;
    for (title, batch) in others {
        writing.next(batch.schema(), Some(title))?;
        writing.sink.write(batch)?;
    }
    writing.finish()?.publish(ui)?;
    Ok(())
}

type OpenFile = Option<(AtomicFile, PathBuf)>;

/// `1 row`, `1,203,441 rows`.
pub fn rows_text(rows: u64) -> String {
    format!("{} row{}", thousands(rows), if rows == 1 { "" } else { "s" })
}

/// A number with commas.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
