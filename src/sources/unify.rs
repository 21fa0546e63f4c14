//! Makes one table of what several text files hold: one schema, with reasons, or an error that names two files.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};

use super::{
    SourceOptions, Warning,
    compression::Compression,
    csv::CsvFound,
    describe::{ColumnDescription, TextForm, in_sql, type_name},
    facts::{Decision, Facts},
    json::JsonFound,
    json_facts::Keys,
    locate::{DataFile, Located},
    lock,
    reading::Reading,
};
use crate::error::{Error, Result};

/// How each file is to be read.
pub(super) enum TextFormat {
    Csv { delimiter: u8, quote: u8, header: bool, line_breaks: bool },
    Json,
}

/// What a table of text files will be.
pub(super) struct TextPlan {
    pub(super) format: TextFormat,
    pub(super) form: TextForm,
    /// How the files that are read in place are compressed.
    pub(super) compression: Compression,
    /// For each file, how it is read into a copy, if it cannot be read in place.
    pub(super) copies: Vec<Option<Reading>>,
    /// How each file is read.
    pub(super) readings: Vec<Reading>,
    pub(super) schema: SchemaRef,
    pub(super) columns: Vec<ColumnDescription>,
    pub(super) rows: u64,
    pub(super) warnings: Vec<Warning>,
}

/// One table of delimited files. They are read by position, so they must agree on their columns.
pub(super) fn csv(located: &Located, mut found: Vec<CsvFound>, options: &SourceOptions) -> Result<TextPlan> {
    let files = &located.files;
    let (Some(first), Some(first_file)) = (found.first().cloned(), files.first()) else {
        return Err(Error::usage("no path is given"));
    };
    for (other, file) in found.iter().zip(files).skip(1) {
        agree(&first, first_file, other, file)?;
    }
    if let Some(name) = first.names.iter().find(|name| located.partition_names.contains(name)) {
        return Err(Error::data(format!(
            "`{name}` is both a column of `{}` and a partition directory",
            first_file.shown
        ))
        .hint("rename one of them"));
    }
    let mut columns = vec![Facts::default(); first.columns.len()];
    // What does not fit a lock is named with its file, also if there is only one.
    let name_files = files.len() > 1 || options.known.is_some();
    for (found, file) in found.iter_mut().zip(files) {
        for (all, facts) in columns.iter_mut().zip(&mut found.columns) {
            if name_files {
                facts.name_file(&file.shown);
            }
            all.merge(facts);
        }
    }
    let mut warnings: Vec<Warning> = found.iter().flat_map(|found| found.warnings.clone()).collect();
    let named: Vec<(&str, &Facts)> = first.names.iter().map(String::as_str).zip(&columns).collect();
    let (schema, columns) = match &options.declared {
        Some(declared) => declared_csv(&first, first_file, declared, &named)?,
        None => {
            let decided = named.iter().map(|(name, facts)| {
                if lock::locked(options, name).is_none() {
                    warnings.extend(advice(name, facts).map(Warning::into_advice));
                }
                Ok(((*name).to_owned(), lock::decide(options, name, facts)?))
            });
            described(decided.collect::<Result<_>>()?)
        }
    };
    lock::check_complete(options, &schema, located)?;
    let dates: Vec<_> = schema
        .fields()
        .iter()
        .zip(&named)
        .enumerate()
        .filter_map(|(column, (field, (_, facts)))| Some((column, facts.dates_read_as(field.data_type())?)))
        .collect();
    for found in &mut found {
        found.reading.dates.clone_from(&dates);
    }
    let compression = common(found.iter().map(|found| found.compression));
    let copies = found
        .iter()
        .map(|found| {
            (!found.reading.is_plain() || compression.is_none_or(|common| common != found.compression))
                .then(|| found.reading.clone())
        })
        .collect::<Vec<_>>();
    let readings: Vec<Reading> = found.iter().map(|found| found.reading.clone()).collect();
    let (compression, copies) = settle(compression, copies, &readings);
    Ok(TextPlan {
        format: TextFormat::Csv {
            delimiter: first.reading.delimiter,
            quote: first.reading.quote,
            header: first.header,
            line_breaks: found.iter().any(|found| found.line_breaks),
        },
        form: TextForm {
            delimiter: Some(first.reading.delimiter.into()),
            quote: Some(first.reading.quote.into()),
            header: Some(first.header),
            encoding: first.reading.encoding.clone(),
            compression: first.compression,
        },
        compression,
        copies,
        readings,
        schema,
        columns,
        rows: found.iter().map(|found| found.rows).sum(),
        warnings,
    })
}

/// A table is read with one compression: if files need copies, which are not compressed, all compressed ones do.
fn settle(
    common: Option<Compression>,
    mut copies: Vec<Option<Reading>>,
    readings: &[Reading],
) -> (Compression, Vec<Option<Reading>>) {
    match common {
        Some(compression) if copies.iter().all(Option::is_none) => (compression, copies),
        Some(Compression::None) => (Compression::None, copies),
        _ => {
            for (copy, reading) in copies.iter_mut().zip(readings) {
                copy.get_or_insert_with(|| reading.clone());
            }
            (Compression::None, copies)
        }
    }
}

fn common(mut compressions: impl Iterator<Item = Compression>) -> Option<Compression> {
    let first = compressions.next()?;
    compressions.all(|other| other == first).then_some(first)
}

fn agree(first: &CsvFound, first_file: &DataFile, other: &CsvFound, file: &DataFile) -> Result<()> {
    let differ = |what: &str, a: String, b: String, help: &str| {
        Err(Error::data(format!(
            "files of one table differ in their {what}: `{}` has {a}, `{}` has {b}",
            first_file.shown, file.shown
        ))
        .hint(help))
    };
    let yes = |header: bool| if header { "a header" } else { "none" }.to_owned();
    let quoted = |byte: u8| format!("`{}`", char::from(byte).escape_default());
    let columns =
        |found: &CsvFound| found.names.iter().map(|name| in_sql(name)).collect::<Vec<_>>().join(", ");
    const APART: &str = "make a table of each, and join them with UNION ALL, naming the columns";
    if first.reading.delimiter != other.reading.delimiter && first.names.len().max(other.names.len()) > 1 {
        return differ(
            "delimiter",
            quoted(first.reading.delimiter),
            quoted(other.reading.delimiter),
            "if one is wrong, give it: OPTIONS ('delimiter' ';')",
        );
    }
    if first.header != other.header {
        return differ(
            "header",
            yes(first.header),
            yes(other.header),
            "say which is right: OPTIONS ('header' 'true')",
        );
    }
    if first.names.len() != other.names.len() || first.names != other.names {
        return differ("columns", columns(first), columns(other), APART);
    }
    if first.reading.quote != other.reading.quote {
        return differ(
            "quote",
            quoted(first.reading.quote),
            quoted(other.reading.quote),
            "if one is wrong, give it: OPTIONS ('quote' '\"')",
        );
    }
    Ok(())
}

fn described(decided: Vec<(String, Decision)>) -> (SchemaRef, Vec<ColumnDescription>) {
    let fields: Vec<Field> =
        decided.iter().map(|(name, decision)| Field::new(name, decision.data_type.clone(), true)).collect();
    let columns = decided
        .into_iter()
        .map(|(name, decision)| ColumnDescription {
            name,
            data_type: decision.data_type,
            reason: decision.reason,
            is_partition: false,
        })
        .collect();
    (Arc::new(Schema::new(fields)), columns)
}

fn declare(declared: &Schema) -> (SchemaRef, Vec<ColumnDescription>) {
    let columns = declared.fields().iter().map(|field| ColumnDescription {
        name: field.name().clone(),
        data_type: field.data_type().clone(),
        reason: "declared".to_owned(),
        is_partition: false,
    });
    (Arc::new(declared.clone()), columns.collect())
}

fn declared_csv(
    first: &CsvFound,
    file: &DataFile,
    declared: &Schema,
    named: &[(&str, &Facts)],
) -> Result<(SchemaRef, Vec<ColumnDescription>)> {
    let same_name =
        |(field, (name, _)): (&Arc<Field>, &(&str, &Facts))| field.name().eq_ignore_ascii_case(name);
    let agrees = declared.fields().len() == named.len()
        && (!first.header || declared.fields().iter().zip(named).all(same_name));
    if !agrees {
        let list = |names: Vec<String>| names.join(", ");
        return Err(Error::data(format!(
            "the declared columns are not those of `{}`: declared ({}), found ({})",
            file.shown,
            list(declared.fields().iter().map(|field| in_sql(field.name())).collect()),
            list(named.iter().map(|(name, _)| in_sql(name)).collect()),
        ))
        .hint("declare every column of the file, in its order; if it has no header, say so: OPTIONS ('header' 'false')"));
    }
    for (field, (_, facts)) in declared.fields().iter().zip(named) {
        if let Some(why) = facts.misfit(field.data_type()) {
            return Err(misfit(field, &why));
        }
    }
    Ok(declare(declared))
}

fn misfit(field: &Field, why: &str) -> Error {
    Error::data(format!(
        "column `{}` cannot be read as {}: {why}",
        field.name(),
        type_name(field.data_type())
    ))
    .hint("declare a wider type, or TEXT and convert it in the query")
}

/// What the user should know about a column that is text, and the SQL that converts it.
fn advice(name: &str, facts: &Facts) -> Option<Warning> {
    let column = in_sql(name);
    if let Some((readings, example)) = facts.undecided_dates() {
        let formats = readings.formats();
        let convert = |format: &String| format!("to_date({column}, '{format}')");
        let message = match (readings.day_first, readings.month_first) {
            (true, true) => format!(
                "`{name}` holds dates such as `{example}`, which can be day and month or month and day; it stays text"
            ),
            (true, false) => format!(
                "`{name}` holds dates such as `{example}`; only day before month fits every row; it stays text"
            ),
            (false, true) => format!(
                "`{name}` holds dates such as `{example}`; only month before day fits every row; it stays text"
            ),
            (false, false) => format!(
                "`{name}` holds dates such as `{example}`, in more than one order of day and month; it stays text"
            ),
        };
        let warning = Warning::new(message);
        return Some(match formats.as_slice() {
            [] => warning.with_help("say it for the file: OPTIONS ('date_format' 'day_first')"),
            [only] => warning.with_help(format!(
                "write {}, or say it for the file: OPTIONS ('date_format' '{only}')",
                convert(only)
            )),
            [day, month, ..] => warning.with_help(format!(
                "write {} for day before month, {} for month before day; or say it for the file: OPTIONS ('date_format' 'day_first')",
                convert(day),
                convert(month)
            )),
        });
    }
    if let Some(example) = facts.written_money() {
        return Some(
            Warning::new(format!("`{name}` holds amounts such as `{example}`; it stays text"))
                .with_help(format!("write money({column})")),
        );
    }
    let example = facts.padded()?;
    Some(
        Warning::new(format!(
            "`{name}` has white space around values such as `{}`; it stays text",
            example.escape_debug()
        ))
        .with_help(format!("write CAST(trim({column}) AS …)")),
    )
}

/// One table of JSON files. They are read by name.
pub(super) fn json(
    located: &Located,
    mut found: Vec<JsonFound>,
    options: &SourceOptions,
) -> Result<TextPlan> {
    let files = &located.files;
    let mut keys = Keys::default();
    for (found, file) in found.iter_mut().zip(files) {
        if files.len() > 1 || options.known.is_some() {
            found.keys.name_file(&file.shown);
        }
        keys.merge(&found.keys);
    }
    // A partition directory wins over a value of the same name in the file.
    keys.fields.retain(|(name, _)| !located.partition_names.contains(name));
    let rows: u64 = found.iter().map(|found| found.rows).sum();
    let is_empty = keys.fields.is_empty() && rows == 0;
    if is_empty && !options.empty_is_table {
        return Err(Error::data(format!(
            "`{}` has no rows, and so no columns",
            files.first().map_or("", |file| file.shown.as_str())
        ))
        .hint("leave it out, or read it in a project, where it is an empty table"));
    }
    if keys.fields.is_empty() && !is_empty {
        return Err(Error::data(format!(
            "the objects in `{}` have no keys",
            files.first().map_or("", |file| file.shown.as_str())
        )));
    }
    let (schema, columns) = match &options.declared {
        Some(declared) => declared_json(&keys, declared)?,
        None => {
            let decided = keys
                .fields
                .iter()
                .map(|(name, facts)| Ok((name.clone(), lock::decide_json(options, name, facts)?)));
            described(decided.collect::<Result<_>>()?)
        }
    };
    if !is_empty {
        lock::check_complete(options, &schema, located)?;
    }
    let mut told: Vec<Warning> = found.iter().flat_map(|found| found.warnings.clone()).collect();
    let warnings: Vec<Warning> = match &options.declared {
        Some(_) => Vec::new(),
        None => keys
            .fields
            .iter()
            .filter_map(|(name, facts)| {
                let only_strings = facts.strings.undecided_dates().is_some() && facts.numbers.values == 0;
                only_strings.then(|| advice(name, &facts.strings)).flatten().map(Warning::into_advice)
            })
            .collect(),
    };
    told.extend(warnings);
    let as_it_is = |found: &JsonFound| {
        let reads = |field: &Arc<Field>| {
            let facts = found.keys.fields.iter().find(|(name, _)| name == field.name());
            facts.is_none_or(|(_, facts)| facts.reads_as(field.data_type()))
        };
        found.is_lines && schema.fields().iter().all(reads)
    };
    let compression = common(found.iter().map(|found| found.compression));
    let copies = found
        .iter()
        .map(|found| (!as_it_is(found) || compression.is_none()).then(|| Reading::of_text(&found.encoding)))
        .collect();
    let form = TextForm {
        delimiter: None,
        quote: None,
        header: None,
        encoding: found.first().map_or_else(String::new, |found| found.encoding.clone()),
        compression: found.first().map_or(Compression::None, |found| found.compression),
    };
    let readings: Vec<Reading> = found.iter().map(|found| Reading::of_text(&found.encoding)).collect();
    let (compression, copies) = settle(compression, copies, &readings);
    Ok(TextPlan {
        format: TextFormat::Json,
        form,
        compression,
        copies,
        readings,
        rows,
        schema,
        columns,
        warnings: told,
    })
}

fn declared_json(keys: &Keys, declared: &Schema) -> Result<(SchemaRef, Vec<ColumnDescription>)> {
    for field in declared.fields() {
        let Some((_, facts)) = keys.fields.iter().find(|(name, _)| name == field.name()) else {
            let similar = keys.fields.iter().find(|(name, _)| name.eq_ignore_ascii_case(field.name()));
            let error = Error::data(format!("no object has the declared column `{}`", field.name()));
            return Err(match similar {
                Some((name, _)) => error.hint(format!("did you mean {}?", in_sql(name))),
                None => error.hint(format!(
                    "the objects have: {}",
                    keys.fields.iter().map(|(name, _)| in_sql(name)).collect::<Vec<_>>().join(", ")
                )),
            });
        };
        if let Some(why) = facts.misfit(field.data_type()) {
            return Err(misfit(field, &why));
        }
    }
    Ok(declare(declared))
}

/// The type of a partition column: whole numbers and dates are typed, everything else is text.
pub(super) fn partition_column(
    name: &str,
    values: impl Iterator<Item = String>,
    declared: Option<&DataType>,
) -> Result<ColumnDescription> {
    let mut facts = Facts::default();
    for value in values {
        facts.observe_string(1, value.as_bytes());
    }
    if let Some(declared) = declared {
        return match facts.misfit(declared) {
            Some(why) => Err(misfit(&Field::new(name, declared.clone(), false), &why)),
            None => Ok(ColumnDescription {
                name: name.to_owned(),
                data_type: declared.clone(),
                reason: "declared; a directory".to_owned(),
                is_partition: true,
            }),
        };
    }
    let decision = facts.decide();
    let typed = matches!(decision.data_type, DataType::Int64 | DataType::Date32);
    Ok(ColumnDescription {
        name: name.to_owned(),
        data_type: if typed { decision.data_type } else { DataType::Utf8View },
        reason: format!(
            "the directories `{name}=…`{}",
            if typed { format!("; {}", decision.reason) } else { String::new() }
        ),
        is_partition: true,
    })
}
