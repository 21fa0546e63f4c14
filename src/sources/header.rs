//! Looks at the beginning of files: which columns they have and what their first rows hold. For proposing a project.
//!
//! Nothing is typed and nothing remembered. What the rest of a file holds can prove a guess about its header wrong.

use std::{fs::File, path::Path};

use ::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use arrow::util::display::{ArrayFormatter, FormatOptions};

use super::{
    Format, SourceOptions, Sources, blocking,
    blocking::Cancel,
    content, csv as delimited, dialect,
    facts::Facts,
    json,
    locate::{DataFile, locate},
    sheet,
    workbook::Workbook,
};
use crate::error::{Error, Result, file_error};

/// Rows that are shown.
const ROWS_MAX: usize = 20;

/// What the beginning of a file, or of a sheet, shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileHeader {
    /// The file, as the user would write it.
    pub path: String,
    /// Its format.
    pub format: Format,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// What stands between the fields of a text file.
    pub delimiter: Option<char>,
    /// The names of its columns.
    pub columns: Vec<String>,
    /// Its first rows after the header, 20 at most, as text; what is absent is empty.
    pub rows: Vec<Vec<String>>,
}

impl Sources {
    /// Looks at the beginning of each file that `path` names; of a workbook, at each sheet that holds values.
    ///
    /// # Errors
    /// A file cannot be read, or is not what it seems.
    pub async fn header(&self, path: &str) -> Result<Vec<FileHeader>> {
        let (sources, path) = (self.clone(), path.to_owned());
        blocking::run(move |cancel| {
            let mut headers = Vec::new();
            for file in locate(&path, None)?.files {
                cancel.check()?;
                let (file, content) = sources.unwrap(&file, cancel)?;
                let format = content::format(&file, &content, &mut Vec::new())?;
                headers.extend(look(&file, format, cancel)?);
            }
            Ok(headers)
        })
        .await
    }
}

fn look(file: &DataFile, format: Format, cancel: &Cancel) -> Result<Vec<FileHeader>> {
    let empty = FileHeader {
        path: file.shown.clone(),
        format,
        sheet: None,
        delimiter: None,
        columns: Vec::new(),
        rows: Vec::new(),
    };
    match format {
        Format::Csv => {
            let (delimiter, records) = delimited::beginning(file)?;
            let (columns, rows) = named(records);
            Ok(vec![FileHeader { delimiter: Some(delimiter.into()), columns, rows, ..empty }])
        }
        Format::Json => {
            let (columns, rows) = json::beginning(file, &SourceOptions::default(), ROWS_MAX, cancel)?;
            Ok(vec![FileHeader { columns, rows, ..empty }])
        }
        Format::Parquet => {
            let (columns, rows) = of_parquet(file)?;
            Ok(vec![FileHeader { columns, rows, ..empty }])
        }
        Format::Xlsx => {
            let mut workbook = Workbook::open(file)?;
            let mut headers = Vec::new();
            for name in sheet::filled_sheets(&mut workbook)? {
                let records = sheet::beginning(&mut workbook, file, &name)?;
                let records =
                    records.into_iter().map(|row| row.into_iter().map(String::into_bytes).collect());
                let (columns, rows) = named(records.collect());
                headers.push(FileHeader { sheet: Some(name), columns, rows, ..empty.clone() });
            }
            Ok(headers)
        }
    }
}

/// Takes the first record as names, if it looks like that.
fn named(records: Vec<Vec<Vec<u8>>>) -> (Vec<String>, Vec<Vec<String>>) {
    let Some((first, rest)) = records.split_first() else { return (Vec::new(), Vec::new()) };
    let mut facts = vec![Facts::default(); first.len()];
    for (record, line) in rest.iter().zip(2..) {
        record.iter().zip(&mut facts).for_each(|(field, facts)| facts.observe(line, field));
    }
    let (names, rows) = if dialect::has_header(first, &facts) {
        (dialect::names(first).0, rest)
    } else {
        ((1..=first.len()).map(|number| format!("column_{number}")).collect(), &records[..])
    };
    let text =
        |row: &Vec<Vec<u8>>| row.iter().map(|field| String::from_utf8_lossy(field).into_owned()).collect();
    (names, rows.iter().take(ROWS_MAX).map(text).collect())
}

fn of_parquet(file: &DataFile) -> Result<(Vec<String>, Vec<Vec<String>>)> {
    let damaged = |error: Box<dyn std::error::Error + Send + Sync>| {
        Error::data(format!("`{}` cannot be read as Parquet: {error}", file.shown))
            .hint("copy or export the file again")
            .caused_by(error)
    };
    let opened = File::open(&file.path).map_err(|error| file_error("read", Path::new(&file.shown), error))?;
    // A damaged footer makes the reader panic.
    let builder = std::panic::catch_unwind(|| ParquetRecordBatchReaderBuilder::try_new(opened))
        .map_err(|_| damaged("its parts contradict each other".into()))?
        .map_err(|error| damaged(error.into()))?;
    let columns = builder.schema().fields().iter().map(|field| field.name().clone()).collect();
    let batches = builder
        .with_limit(ROWS_MAX)
        .with_batch_size(ROWS_MAX)
        .build()
        .map_err(|error| damaged(error.into()))?;
    let options = FormatOptions::default();
    let mut rows = Vec::new();
    for batch in batches {
        let batch = batch.map_err(|error| damaged(error.into()))?;
        let formatters =
            batch.columns().iter().map(|column| ArrayFormatter::try_new(column.as_ref(), &options));
        let formatters =
            formatters.collect::<std::result::Result<Vec<_>, _>>().map_err(|error| damaged(error.into()))?;
        for row in 0..batch.num_rows() {
            rows.push(formatters.iter().map(|formatter| formatter.value(row).to_string()).collect());
        }
    }
    Ok((columns, rows))
}
