//! Finds the columns of a connector among those of a file, and gives each its type.
//!
//! A text is read by functions that give NULL for what cannot be read, so that `staging` can keep such rows apart.

use std::{collections::BTreeSet, sync::Arc};

use datafusion::{
    arrow::datatypes::{DataType, Field, Schema, TimeUnit},
    common::{Column, ScalarValue},
    execution::context::SessionState,
    functions::core::expr_ext::FieldAccessor,
    logical_expr::{Case, Expr, ScalarUDF, cast, expr::ScalarFunction, lit, try_cast, when},
};

use marginql_udfs::{FLOAT_SCALE, MONEY_SCALE, MONEY_SCALE_MAX, money_type};

use super::{
    connector::{ColumnKind, EpochUnit, RawColumn, RawTable},
    header_names::normal,
};
use crate::{
    error::{Error, Result},
    suggest::nearest,
};

/// What stands for nothing in exports.
const NOTHING: [&str; 5] = ["NaN", "null", "NULL", "(No value)", "None"];

/// Headers that are named when one is missing.
const HEADERS_NAMED: usize = 12;

/// Columns of currencies.
const CURRENCIES: [&str; 3] = ["currency", "original_currency", "to_currency"];

/// Currencies that are written otherwise than by their three letters, in capitals. A `$` alone is that of many.
const SPELLINGS: [(&str, &str); 10] = [
    ("€", "EUR"),
    ("EURO", "EUR"),
    ("EUROS", "EUR"),
    ("US$", "USD"),
    ("$US", "USD"),
    ("£", "GBP"),
    ("KČ", "CZK"),
    ("ZŁ", "PLN"),
    ("FT", "HUF"),
    ("FR.", "CHF"),
];

/// A number with a comma before its decimals, and nothing else.
const PLAIN_DECIMAL_COMMA: &str = "^[+-]?[0-9]+,[0-9]+$";

/// Which of day and month stands first where nothing else says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrder {
    /// Only forms that can be read in one way.
    Iso,
    /// 3 April is 03/04.
    DayFirst,
    /// 3 April is 04/03.
    MonthFirst,
}

impl DateOrder {
    /// The name, as functions take it.
    pub fn name(self) -> &'static str {
        match self {
            DateOrder::Iso => "iso",
            DateOrder::DayFirst => "day_first",
            DateOrder::MonthFirst => "month_first",
        }
    }
}

/// How the texts of a source are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Writing {
    /// Which of day and month stands first.
    pub date_order: DateOrder,
    /// Whether `1.234,50` is twelve hundred.
    pub decimal_comma: bool,
    /// Whose clock times without an offset show; none: UTC.
    pub time_zone: Option<String>,
}

/// A column of a connector, and where its values come from.
#[derive(Debug, Clone)]
pub(super) struct Found<'a> {
    pub(super) column: &'a RawColumn,
    /// The column of the file; none if the file has no such column.
    pub(super) raw: Option<Raw>,
    /// Other columns of the file that could be this one, and are no other either.
    pub(super) passed_over: Vec<String>,
}

/// A column of a file.
#[derive(Debug, Clone)]
pub(super) struct Raw {
    pub(super) header: String,
    pub(super) expr: Expr,
    pub(super) data_type: DataType,
    /// How many decimals an amount keeps.
    pub(super) decimals: i8,
}

impl Raw {
    /// The same column with as many decimals as an amount of its type can have and keep.
    pub(super) fn with_all_decimals(&self) -> Self {
        let decimals = match &self.data_type {
            DataType::Decimal128(_, scale) | DataType::Decimal256(_, scale) => *scale,
            data_type if data_type.is_floating() => FLOAT_SCALE,
            data_type if is_text(data_type) => MONEY_SCALE_MAX,
            _ => MONEY_SCALE,
        };
        Self { decimals: decimals.clamp(MONEY_SCALE, MONEY_SCALE_MAX), ..self.clone() }
    }

    /// The type of the staged column.
    pub(super) fn staged_type(&self, kind: ColumnKind) -> DataType {
        match kind {
            ColumnKind::Money => money_type(self.decimals),
            other => data_type(other),
        }
    }
}

/// Finds the columns of a connector's table in a file.
///
/// `others` are headers of the project for columns of the connector.
///
/// # Errors
/// A required column that the file does not have.
pub(super) fn find<'a>(
    table: &'a RawTable,
    schema: &Schema,
    others: &[(String, String)],
    shown: &str,
) -> Result<Vec<Found<'a>>> {
    let available = available(schema);
    let mut found: Vec<Found<'a>> = table
        .columns
        .iter()
        .map(|column| {
            let own =
                others.iter().filter(|(_, name)| *name == column.name).map(|(header, _)| normal(header));
            let mut wanted = own.chain(column.normal_headers());
            let raw = wanted.find_map(|wanted| {
                available.iter().find(|(header, _)| *header == wanted).map(|(_, raw)| raw.clone())
            });
            match raw {
                None if column.required => Err(missing(table, column, &available, shown)),
                raw => Ok(Found { column, raw, passed_over: Vec::new() }),
            }
        })
        .collect::<Result<_>>()?;
    let chosen: BTreeSet<String> =
        found.iter().filter_map(|found| Some(found.raw.as_ref()?.header.clone())).collect();
    for found in &mut found {
        let headers: BTreeSet<String> = found.column.normal_headers().collect();
        // What the project names is no question.
        let is_named = others.iter().any(|(_, name)| *name == found.column.name);
        let fits = |(normal, raw): &&(String, Raw)| headers.contains(normal) && !chosen.contains(&raw.header);
        if found.raw.is_some() && !is_named {
            found.passed_over = available.iter().filter(fits).map(|(_, raw)| raw.header.clone()).collect();
        }
    }
    Ok(found)
}

/// The columns of a file and the fields within them, by their headers in the form in which headers are compared.
fn available(schema: &Schema) -> Vec<(String, Raw)> {
    let mut available = Vec::new();
    for field in schema.fields() {
        let expr = Expr::Column(Column::from_name(field.name()));
        add(&mut available, field.name(), field, expr);
    }
    available
}

fn add(available: &mut Vec<(String, Raw)>, header: &str, field: &Arc<Field>, expr: Expr) {
    let raw = Raw {
        header: header.to_owned(),
        expr: expr.clone(),
        data_type: field.data_type().clone(),
        decimals: MONEY_SCALE,
    };
    available.push((normal(header), raw));
    if let DataType::Struct(inner) = field.data_type() {
        for field in inner {
            let header = format!("{header}.{}", field.name());
            add(available, &header, field, expr.clone().field(field.name().as_str()));
        }
    }
}

fn missing(table: &RawTable, column: &RawColumn, available: &[(String, Raw)], shown: &str) -> Error {
    let tried: Vec<_> = column.headers.iter().map(|header| format!("`{header}`")).collect();
    let headers: Vec<_> = available.iter().map(|(_, raw)| raw.header.as_str()).collect();
    let error = Error::data(format!("`{shown}` has no column for `{}.{}`", table.name, column.name))
        .note(format!("its header may be {}", tried.join(", ")));
    let wanted = column.headers.first().unwrap_or(&column.name);
    let error = match nearest(wanted, headers.iter().copied()) {
        Some(header) => error.hint(format!("is it `{header}`?")),
        None => error,
    };
    let more = headers.len().saturating_sub(HEADERS_NAMED);
    let more = if more > 0 { format!(", and {more} more") } else { String::new() };
    let listed: Vec<_> = headers.iter().take(HEADERS_NAMED).map(|header| format!("`{header}`")).collect();
    error.note(format!("the file has {}{more}", listed.join(", "))).hint(format!(
        "export the column too, or name its header in the project: `[sources.….columns.{}]` with `\"HEADER\" = \"{}\"`",
        table.name, column.name
    ))
}

/// Makes the expressions that read values.
pub(super) struct Reader<'a> {
    state: &'a SessionState,
    writing: &'a Writing,
}

impl<'a> Reader<'a> {
    pub(super) fn new(state: &'a SessionState, writing: &'a Writing) -> Self {
        Self { state, writing }
    }

    fn call(&self, name: &str, args: Vec<Expr>) -> Result<Expr> {
        let function: &Arc<ScalarUDF> = self
            .state
            .scalar_functions()
            .get(name)
            .ok_or_else(|| Error::query(format!("the function `{name}` is not registered")))?;
        Ok(Expr::ScalarFunction(ScalarFunction::new_udf(Arc::clone(function), args)))
    }

    /// The text of a value, trimmed; NULL for what stands for nothing.
    pub(super) fn text(&self, raw: &Raw) -> Result<Expr> {
        let words = NOTHING.iter().map(|nothing| lit(*nothing));
        self.call("clean_key", std::iter::once(text(raw)).chain(words).collect())
    }

    /// Whether there is a value at all.
    pub(super) fn is_given(&self, raw: &Raw) -> Result<Expr> {
        Ok(match is_text(&raw.data_type) {
            true => self.text(raw)?.is_not_null(),
            false => raw.expr.clone().is_not_null(),
        })
    }

    /// The value in the type of its column; NULL for what cannot be read.
    pub(super) fn value(&self, column: &RawColumn, raw: &Raw) -> Result<Expr> {
        let kind_type = raw.staged_type(column.kind);
        let shows_a_clock = column.kind == ColumnKind::Timestamp && self.writing.time_zone.is_some();
        if raw.data_type == kind_type && !is_text(&kind_type) && !shows_a_clock {
            return Ok(raw.expr.clone());
        }
        let from_text = is_text(&raw.data_type);
        let order = || lit(self.writing.date_order.name());
        match column.kind {
            ColumnKind::Key | ColumnKind::Text if CURRENCIES.contains(&column.name.as_str()) => {
                self.currency(raw)
            }
            ColumnKind::Key | ColumnKind::Text | ColumnKind::Json => self.text(raw),
            ColumnKind::Money if from_text => {
                let style = if self.writing.decimal_comma { "eu" } else { "us" };
                let decimals = lit(i64::from(raw.decimals));
                self.call("try_money", vec![self.text(raw)?, lit(style), decimals])
            }
            ColumnKind::Number | ColumnKind::Integer if from_text && self.writing.decimal_comma => {
                let text = self.text(raw)?;
                let amount = self.call("try_money", vec![text.clone(), lit("eu")])?;
                // Rates have more decimals than money.
                let is_plain = self.call("regexp_like", vec![text.clone(), lit(PLAIN_DECIMAL_COMMA)])?;
                let with_point = self.call("replace", vec![text, lit(","), lit(".")])?;
                when(is_plain, try_cast(with_point, kind_type.clone()))
                    .otherwise(try_cast(amount, kind_type))
                    .map_err(|error| Error::query("a column cannot be read").caused_by(error))
            }
            ColumnKind::Money | ColumnKind::Number | ColumnKind::Integer => {
                let value = if from_text { self.text(raw)? } else { raw.expr.clone() };
                Ok(try_cast(value, kind_type))
            }
            ColumnKind::Boolean => {
                let word = self.call("lower", vec![self.text(raw)?])?;
                let is = |words: &[&str]| {
                    word.clone().in_list(words.iter().map(|word| lit(*word)).collect(), false)
                };
                when(is(&["true", "t", "yes", "y", "1"]), lit(true))
                    .when(is(&["false", "f", "no", "n", "0"]), lit(false))
                    .otherwise(lit(ScalarValue::Boolean(None)))
                    .map_err(|error| Error::query("a column cannot be read").caused_by(error))
            }
            ColumnKind::Date | ColumnKind::Timestamp => {
                let function = if column.kind == ColumnKind::Date { "try_date" } else { "try_timestamp" };
                let zone = self.writing.time_zone.as_deref().filter(|_| column.kind == ColumnKind::Timestamp);
                match (&raw.data_type, column.unit, zone) {
                    // Where a vendor counts from 1970, a file that says timestamp was made from that count.
                    (DataType::Timestamp(_, None), None, Some(zone)) => {
                        self.call(function, vec![raw.expr.clone(), order(), lit(zone)])
                    }
                    // The day of an instant is that on the clock of the project, whatever the file's form.
                    (DataType::Timestamp(_, Some(_)), _, _) if column.kind == ColumnKind::Date => {
                        self.call("local_date", vec![raw.expr.clone(), self.clock()])
                    }
                    (DataType::Date32 | DataType::Date64 | DataType::Timestamp(..), _, _) => {
                        Ok(cast(raw.expr.clone(), kind_type))
                    }
                    (_, Some(unit), _) => {
                        let number = if from_text { self.text(raw)? } else { raw.expr.clone() };
                        Ok(cast(cast(try_cast(number, DataType::Int64), epoch(unit)), kind_type))
                    }
                    _ => {
                        let mut arguments = vec![self.text(raw)?, order()];
                        match column.kind {
                            ColumnKind::Date => arguments.push(self.clock()),
                            _ => arguments.extend(zone.map(lit)),
                        }
                        self.call(function, arguments)
                    }
                }
            }
        }
    }

    /// A currency by its three letters, however it is written; what is none stays as it is, to be named as such.
    fn currency(&self, raw: &Raw) -> Result<Expr> {
        let written = self.call("upper", vec![self.text(raw)?])?;
        let pairs = SPELLINGS
            .iter()
            .map(|(spelling, code)| (Box::new(written.clone().eq(lit(*spelling))), Box::new(lit(*code))));
        Ok(Expr::Case(Case::new(None, pairs.collect(), Some(Box::new(written.clone())))))
    }

    /// The zone on whose clock days are told.
    fn clock(&self) -> Expr {
        lit(self.writing.time_zone.as_deref().unwrap_or("UTC"))
    }

    /// The sum of all values of a column that can be read.
    pub(super) fn sum(&self, column: &RawColumn, raw: &Raw) -> Result<Expr> {
        let sum = self.state.aggregate_functions().get("sum");
        let sum = sum.ok_or_else(|| Error::query("the function `sum` is not registered"))?;
        Ok(sum.call(vec![self.value(column, raw)?]))
    }

    /// Whether a date can be read in two ways, where nothing says which is meant.
    pub(super) fn is_ambiguous(&self, column: &RawColumn, raw: &Raw) -> Result<Option<Expr>> {
        let dated = matches!(column.kind, ColumnKind::Date | ColumnKind::Timestamp);
        if !dated
            || self.writing.date_order != DateOrder::Iso
            || !is_text(&raw.data_type)
            || column.unit.is_some()
        {
            return Ok(None);
        }
        Ok(Some(self.call("is_ambiguous_date", vec![self.text(raw)?])?))
    }
}

/// The type of a column of a staged table.
pub(super) fn data_type(kind: ColumnKind) -> DataType {
    match kind {
        ColumnKind::Key | ColumnKind::Text | ColumnKind::Json => DataType::Utf8View,
        ColumnKind::Money => money_type(MONEY_SCALE),
        ColumnKind::Number => DataType::Decimal128(28, 10),
        ColumnKind::Integer => DataType::Int64,
        ColumnKind::Boolean => DataType::Boolean,
        ColumnKind::Date => DataType::Date32,
        ColumnKind::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, None),
    }
}

/// The decimals of a type of amounts; none of any other type.
pub(super) fn money_decimals(data_type: &DataType) -> Option<i8> {
    match data_type {
        DataType::Decimal128(_, decimals @ MONEY_SCALE..=MONEY_SCALE_MAX)
            if *data_type == money_type(*decimals) =>
        {
            Some(*decimals)
        }
        _ => None,
    }
}

/// The type that later files of text must fit: what this one shows, with room for what the next one may bring. A larger
/// amount, one with cents, or a key with a letter is no other export.
pub(super) fn lasting_type(kind: Option<ColumnKind>, shown: &DataType) -> DataType {
    let decimals = match shown {
        DataType::Decimal128(_, scale) | DataType::Decimal256(_, scale) => Some(*scale),
        shown if shown.is_integer() => Some(0),
        _ => None,
    };
    match (kind, decimals) {
        (Some(ColumnKind::Key | ColumnKind::Text | ColumnKind::Json), _) if !shown.is_nested() => {
            DataType::Utf8View
        }
        (Some(ColumnKind::Number), Some(scale)) => DataType::Decimal128(38, scale.max(10)),
        (Some(ColumnKind::Money), Some(scale)) => DataType::Decimal128(38, scale.max(4)),
        (_, Some(scale)) if !shown.is_integer() => DataType::Decimal128(38, scale.max(4)),
        _ => shown.clone(),
    }
}

/// The value as text, as it is.
pub(super) fn text(raw: &Raw) -> Expr {
    match raw.data_type == DataType::Utf8View {
        true => raw.expr.clone(),
        false => cast(raw.expr.clone(), DataType::Utf8View),
    }
}

pub(super) fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, value) => is_text(value),
        _ => false,
    }
}

fn epoch(unit: EpochUnit) -> DataType {
    match unit {
        EpochUnit::Milliseconds => DataType::Timestamp(TimeUnit::Millisecond, None),
        EpochUnit::Seconds => DataType::Timestamp(TimeUnit::Second, None),
    }
}
