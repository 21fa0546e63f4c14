//! The same rows in many files: CSV, JSON, Parquet of several shapes, or in memory.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use arrow::{
    array::{
        ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int32Array, Int64Array,
        RecordBatch, StringArray, StringDictionaryBuilder,
    },
    datatypes::{Field, Int32Type, Schema},
};
use parquet::{
    arrow::ArrowWriter,
    file::properties::{EnabledStatistics, WriterProperties},
};

use crate::{
    chance::Chance,
    schema::{Column, Table},
    value::{Type, Value},
};

/// How a table is stored.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Storage {
    /// As `CREATE TABLE` leaves it.
    Memory,
    /// CSV files.
    Csv {
        /// How many.
        files: usize,
    },
    /// Files of one JSON object on each line.
    Json {
        /// How many.
        files: usize,
    },
    /// Parquet files.
    Parquet(Shape),
}

/// What Parquet files look like.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Shape {
    /// How many.
    pub files: usize,
    /// Rows of a row group.
    pub group_rows: usize,
    /// Whether there are statistics of pages, of chunks, or none.
    pub statistics: Statistics,
    /// Texts as dictionaries.
    pub dictionary: bool,
    /// Every other file has narrower or wider types.
    pub mixed_types: bool,
    /// The rows with NULL in this column stand in the first file, which then lacks the column.
    pub lacking: Option<usize>,
}

/// The statistics of a Parquet file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Statistics {
    /// None.
    None,
    /// Of column chunks.
    Chunk,
    /// Of pages too.
    Page,
}

impl Storage {
    /// Draws how a table is stored; text files only where the text says the types.
    pub fn draw(chance: &mut Chance, table: &Table) -> Self {
        let files = |chance: &mut Chance| chance.weighted(&[(5, 1), (3, 2), (2, 4)]);
        let has_text = says_types(table);
        match chance.below(10) {
            0..=2 => Self::Memory,
            3 if has_text => Self::Csv { files: files(chance) },
            4 if has_text => Self::Json { files: files(chance) },
            _ => {
                let lacking = (table.columns.len() > 1 && chance.percent(40))
                    .then(|| chance.below(table.columns.len()));
                Self::Parquet(Shape {
                    files: files(chance),
                    group_rows: *chance.pick(&[5, 100, 100_000]),
                    statistics: *chance.pick(&[
                        Statistics::None,
                        Statistics::Chunk,
                        Statistics::Chunk,
                        Statistics::Page,
                    ]),
                    dictionary: chance.percent(40),
                    mixed_types: chance.percent(35),
                    lacking,
                })
            }
        }
    }

    /// The plain storage from which the reference reads.
    pub fn plain() -> Self {
        Self::Parquet(Shape {
            files: 1,
            group_rows: 100_000,
            statistics: Statistics::None,
            dictionary: false,
            mixed_types: false,
            lacking: None,
        })
    }

    /// Writes the files of a table and returns the path that names them all.
    ///
    /// # Errors
    /// A directory that cannot be written to.
    pub fn write(&self, table: &Table, directory: &Path) -> io::Result<PathBuf> {
        std::fs::create_dir_all(directory)?;
        let (files, extension) = match self {
            Self::Memory => return Self::plain().write(table, directory),
            Self::Csv { files } => (*files, "csv"),
            Self::Json { files } => (*files, "json"),
            Self::Parquet(shape) => (shape.files, "parquet"),
        };
        let rows = self.ordered(table, files);
        let size = rows.len().div_ceil(files).max(1);
        for number in 0..files {
            let part: Vec<&Vec<Value>> = rows.iter().skip(number * size).take(size).copied().collect();
            // A CSV file without rows would have text columns.
            if number > 0 && part.is_empty() {
                break;
            }
            let path = directory.join(format!("part-{number}.{extension}"));
            match self {
                Self::Csv { .. } => write_csv(table, &part, &path)?,
                Self::Json { .. } => write_json(table, &part, &path)?,
                Self::Parquet(shape) => write_parquet(table, &part, &path, shape, number)?,
                Self::Memory => {}
            }
        }
        Ok(directory.join(format!("*.{extension}")))
    }

    fn ordered<'a>(&self, table: &'a Table, files: usize) -> Vec<&'a Vec<Value>> {
        let mut rows: Vec<&Vec<Value>> = table.rows.iter().collect();
        if let Self::Parquet(Shape { lacking: Some(column), .. }) = self
            && files > 1
        {
            rows.sort_by_key(|row| row[*column] != Value::Null);
        }
        rows
    }
}

/// Whether every column has a value by which a text file tells its type; it cannot tell doubles.
fn says_types(table: &Table) -> bool {
    table.columns.iter().enumerate().all(|(place, column)| {
        column.data_type != Type::Double && table.rows.iter().any(|row| row[place] != Value::Null)
    })
}

fn write_csv(table: &Table, rows: &[&Vec<Value>], path: &Path) -> io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    let names: Vec<String> = table.columns.iter().map(|column| csv_field(&column.name)).collect();
    writeln!(file, "{}", names.join(","))?;
    for row in rows {
        let cells: Vec<String> = row.iter().map(|value| csv_field(&value.plain())).collect();
        writeln!(file, "{}", cells.join(","))?;
    }
    file.flush()
}

fn csv_field(text: &str) -> String {
    match text.contains([',', '"']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.to_owned(),
    }
}

fn write_json(table: &Table, rows: &[&Vec<Value>], path: &Path) -> io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    for row in rows {
        let fields = table.columns.iter().zip(row.iter()).map(|(column, value)| {
            let text = match value {
                Value::Null => "null".to_owned(),
                Value::Text(_) | Value::Date(_) => serde_json::Value::String(value.plain()).to_string(),
                _ => value.plain(),
            };
            format!("{}:{text}", serde_json::Value::String(column.name.clone()))
        });
        writeln!(file, "{{{}}}", fields.collect::<Vec<_>>().join(","))?;
    }
    file.flush()
}

fn write_parquet(
    table: &Table,
    rows: &[&Vec<Value>],
    path: &Path,
    shape: &Shape,
    number: usize,
) -> io::Result<()> {
    let is_wide = shape.mixed_types && number % 2 == 1;
    let is_narrow = shape.mixed_types && number.is_multiple_of(2);
    let mut fields = Vec::new();
    let mut arrays = Vec::new();
    for (place, column) in table.columns.iter().enumerate() {
        let values: Vec<&Value> = rows.iter().map(|row| &row[place]).collect();
        let is_absent = shape.lacking == Some(place)
            && shape.files > 1
            && number == 0
            && rows.len() < table.rows.len()
            && values.iter().all(|value| **value == Value::Null);
        if is_absent {
            continue;
        }
        let array = array(column, &values, is_narrow, is_wide, shape.dictionary && !is_wide);
        fields.push(Field::new(&column.name, array.data_type().clone(), true));
        arrays.push(array);
    }
    let schema = Arc::new(Schema::new(fields));
    let properties = WriterProperties::builder()
        .set_max_row_group_row_count(Some(shape.group_rows))
        .set_dictionary_enabled(shape.dictionary)
        .set_statistics_enabled(match shape.statistics {
            Statistics::None => EnabledStatistics::None,
            Statistics::Chunk => EnabledStatistics::Chunk,
            Statistics::Page => EnabledStatistics::Page,
        })
        .build();
    let mut writer = ArrowWriter::try_new(File::create(path)?, Arc::clone(&schema), Some(properties))
        .map_err(io::Error::other)?;
    let batch = RecordBatch::try_new(schema, arrays).map_err(io::Error::other)?;
    writer.write(&batch).map_err(io::Error::other)?;
    writer.close().map_err(io::Error::other)?;
    Ok(())
}

fn array(
    column: &Column,
    values: &[&Value],
    is_narrow: bool,
    is_wide: bool,
    is_dictionary: bool,
) -> ArrayRef {
    let integer = |value: &&Value| if let Value::Integer(value) = value { Some(*value) } else { None };
    let text = |value: &&Value| if let Value::Text(text) = value { Some(text.clone()) } else { None };
    match column.data_type {
        Type::Integer if is_narrow => Arc::new(
            values
                .iter()
                .map(|value| integer(value).and_then(|value| i32::try_from(value).ok()))
                .collect::<Int32Array>(),
        ),
        Type::Integer => Arc::new(values.iter().map(integer).collect::<Int64Array>()),
        Type::Decimal => {
            let factor = if is_wide { 100 } else { 1 };
            let units = values
                .iter()
                .map(|value| if let Value::Decimal(units) = value { Some(units * factor) } else { None });
            let (precision, scale) = if is_wide { (20, 4) } else { (18, 2) };
            decimals(units.collect(), precision, scale)
        }
        Type::Wide => {
            let units =
                values.iter().map(|value| if let Value::Wide(units) = value { Some(*units) } else { None });
            decimals(units.collect(), 30, 4)
        }
        Type::Double => Arc::new(
            values
                .iter()
                .map(|value| if let Value::Double(value) = value { Some(*value) } else { None })
                .collect::<Float64Array>(),
        ),
        Type::Text if is_dictionary => {
            let mut builder = StringDictionaryBuilder::<Int32Type>::new();
            for value in values {
                builder.append_option(text(value));
            }
            Arc::new(builder.finish())
        }
        Type::Text => Arc::new(values.iter().map(text).collect::<StringArray>()),
        Type::Date => Arc::new(
            values
                .iter()
                .map(|value| if let Value::Date(days) = value { Some(*days) } else { None })
                .collect::<Date32Array>(),
        ),
        Type::Boolean => Arc::new(
            values
                .iter()
                .map(|value| if let Value::Boolean(value) = value { Some(*value) } else { None })
                .collect::<BooleanArray>(),
        ),
    }
}

fn decimals(units: Vec<Option<i128>>, precision: u8, scale: i8) -> ArrayRef {
    Arc::new(
        Decimal128Array::from(units)
            .with_precision_and_scale(precision, scale)
            .expect("the precisions of the generated types are valid"),
    )
}
