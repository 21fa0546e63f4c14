//! Typed parameters: from the text of `--param` or of a header's default to a value that is bound.

use std::{collections::BTreeMap, fmt, str::FromStr};

use arrow::{
    compute::kernels::cast_utils::{Parser, string_to_timestamp_nanos},
    datatypes::{DataType, Date32Type},
};
use datafusion::{common::ScalarValue, sql::sqlparser::ast};
use rust_decimal::Decimal;

use super::header::ParameterDeclaration;
use crate::error::{Error, Result};

/// The type of one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ScalarType {
    Date,
    Timestamp,
    Int,
    Decimal,
    Text,
    Bool,
}

/// A parameter's type: `date`, `timestamp`, `int`, `decimal`, `text`, `bool`, or a list of one of them, as in `text[]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParameterType {
    scalar: ScalarType,
    list: bool,
}

impl ParameterType {
    /// The plain type of text.
    pub const TEXT: Self = Self { scalar: ScalarType::Text, list: false };

    /// Whether several values may be given.
    pub fn is_list(self) -> bool {
        self.list
    }

    /// The type whose look a text has: a whole number, a decimal, a date, a timestamp, true or false, else text.
    ///
    /// A number with a leading zero is a code, and so text.
    pub fn of_look(text: &str) -> Self {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let leading_zero = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
        let numeric = !leading_zero
            && digits.starts_with(|c: char| c.is_ascii_digit())
            && digits.ends_with(|c: char| c.is_ascii_digit())
            && digits.chars().all(|c| c.is_ascii_digit() || c == '.');
        let candidates: &[ScalarType] = if numeric {
            &[ScalarType::Int, ScalarType::Decimal]
        } else {
            &[ScalarType::Bool, ScalarType::Date, ScalarType::Timestamp]
        };
        let scalar = candidates
            .iter()
            .copied()
            .find(|scalar| scalar.parse(text).is_some())
            .unwrap_or(ScalarType::Text);
        Self { scalar, list: false }
    }

    /// Turns the given texts into the value to bind.
    ///
    /// # Errors
    /// A text that is not of the type, or several values where one is expected.
    pub fn parse_values(self, name: &str, texts: &[String]) -> Result<ParameterValue> {
        if !self.list && texts.len() != 1 {
            return Err(Error::usage(format!(
                "parameter `{name}` takes one {self}, {} values were given",
                texts.len()
            ))
            .hint(format!("declare it as `{self}[]` to take a list")));
        }
        let values = texts
            .iter()
            .map(|text| {
                self.scalar.parse(text).ok_or_else(|| {
                    Error::usage(format!(
                        "parameter `{name}` is {} {}, `{text}` was given",
                        if self.scalar == ScalarType::Int { "an" } else { "a" },
                        self.scalar
                    ))
                    .hint(format!("write it like `{}`", self.scalar.example()))
                })
            })
            .collect::<Result<Vec<_>>>()?;
        Ok(ParameterValue { parameter_type: self, values })
    }
}

impl FromStr for ParameterType {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (name, list) = match text.strip_suffix("[]") {
            Some(name) => (name, true),
            None => (text, false),
        };
        let scalar = match name {
            "date" => ScalarType::Date,
            "timestamp" => ScalarType::Timestamp,
            "int" => ScalarType::Int,
            "decimal" => ScalarType::Decimal,
            "text" => ScalarType::Text,
            "bool" => ScalarType::Bool,
            _ => {
                return Err(Error::config(format!("unknown parameter type `{text}`")).hint(
                    "the types are `date`, `timestamp`, `int`, `decimal`, `text`, `bool`, and lists of them such as `text[]`",
                ));
            }
        };
        Ok(Self { scalar, list })
    }
}

impl fmt::Display for ParameterType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.scalar, if self.list { "[]" } else { "" })
    }
}

impl fmt::Display for ScalarType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ScalarType::Date => "date",
            ScalarType::Timestamp => "timestamp",
            ScalarType::Int => "int",
            ScalarType::Decimal => "decimal",
            ScalarType::Text => "text",
            ScalarType::Bool => "bool",
        })
    }
}

impl ScalarType {
    fn example(self) -> &'static str {
        match self {
            ScalarType::Date => "2026-01-31",
            ScalarType::Timestamp => "2026-01-31 13:45:00",
            ScalarType::Int => "42",
            ScalarType::Decimal => "1234.50",
            ScalarType::Text => "any text",
            ScalarType::Bool => "true",
        }
    }

    fn parse(self, text: &str) -> Option<ScalarValue> {
        let text = if self == ScalarType::Text { text } else { text.trim() };
        match self {
            ScalarType::Text => Some(ScalarValue::Utf8View(Some(text.to_owned()))),
            ScalarType::Bool => match text {
                "true" => Some(ScalarValue::Boolean(Some(true))),
                "false" => Some(ScalarValue::Boolean(Some(false))),
                _ => None,
            },
            ScalarType::Int => text.parse().ok().map(|value| ScalarValue::Int64(Some(value))),
            ScalarType::Decimal => parse_decimal(text),
            ScalarType::Date => {
                let days = is_iso_date(text).then(|| Date32Type::parse(text)).flatten()?;
                Some(ScalarValue::Date32(Some(days)))
            }
            ScalarType::Timestamp => {
                let has_day = text.get(..10).is_some_and(is_iso_date);
                let nanoseconds = string_to_timestamp_nanos(text).ok().filter(|_| has_day)?;
                Some(ScalarValue::TimestampNanosecond(Some(nanoseconds), None))
            }
        }
    }

    fn sql_type(self, value: &ScalarValue) -> ast::DataType {
        match (self, value) {
            (ScalarType::Date, _) => ast::DataType::Date,
            (ScalarType::Timestamp, _) => ast::DataType::Timestamp(None, ast::TimezoneInfo::None),
            (ScalarType::Int, _) => ast::DataType::BigInt(None),
            (ScalarType::Decimal, ScalarValue::Decimal128(_, precision, scale)) => ast::DataType::Decimal(
                ast::ExactNumberInfo::PrecisionAndScale(u64::from(*precision), i64::from(*scale)),
            ),
            (ScalarType::Bool, _) => ast::DataType::Boolean,
            _ => ast::DataType::Varchar(None),
        }
    }
}

fn is_iso_date(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(|(index, byte)| match index {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

/// A decimal with exactly the digits given, up to 28 of them.
fn parse_decimal(text: &str) -> Option<ScalarValue> {
    let value = Decimal::from_str_exact(text).ok()?;
    let scale = u8::try_from(value.scale()).ok()?;
    let digits = u8::try_from(value.mantissa().unsigned_abs().checked_ilog10().unwrap_or(0) + 1).ok()?;
    let precision = digits.max(scale + 1);
    Some(ScalarValue::Decimal128(Some(value.mantissa()), precision, i8::try_from(scale).ok()?))
}

/// A typed value, or a list of values of one type.
#[derive(Debug, Clone, PartialEq)]
pub struct ParameterValue {
    parameter_type: ParameterType,
    values: Vec<ScalarValue>,
}

impl ParameterValue {
    /// The values; one, unless the type is a list.
    pub fn values(&self) -> &[ScalarValue] {
        &self.values
    }

    /// Whether the parameter is a list.
    pub fn is_list(&self) -> bool {
        self.parameter_type.list
    }

    /// The SQL type of one of the values.
    pub(super) fn sql_type(&self, value: &ScalarValue) -> ast::DataType {
        self.parameter_type.scalar.sql_type(value)
    }

    /// The value to bind: the one value, or all of them as a list.
    pub(super) fn scalar(&self) -> ScalarValue {
        match &self.values[..] {
            [value] if !self.parameter_type.list => value.clone(),
            values => {
                let data_type = values.first().map_or(DataType::Null, ScalarValue::data_type);
                ScalarValue::List(ScalarValue::new_list_nullable(values, &data_type))
            }
        }
    }
}

/// What the user gave for a parameter: `NAME=VALUE` or `NAME:TYPE=VALUE`, a list with commas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Argument {
    /// The name, without `$`.
    pub name: String,
    /// The type, if the user said it.
    pub parameter_type: Option<ParameterType>,
    /// The value as text.
    pub value: String,
}

impl FromStr for Argument {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let malformed = || {
            Error::usage(format!("a parameter is written `NAME=VALUE`, `{text}` was given"))
                .hint("for example `--param from=2026-01-01`, or with its type `--param code:text=00123`")
        };
        let (name, value) = text.split_once('=').ok_or_else(malformed)?;
        let (name, parameter_type) = match name.split_once(':') {
            Some((name, type_name)) => (name, Some(type_name.parse()?)),
            None => (name, None),
        };
        let name = name.strip_prefix('$').unwrap_or(name);
        if name.is_empty() {
            return Err(malformed());
        }
        Ok(Self { name: name.to_owned(), parameter_type, value: value.to_owned() })
    }
}

/// The values of all parameters of a script, by name.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Parameters(pub(super) BTreeMap<String, ParameterValue>);

impl Parameters {
    /// Joins what is declared with what is given; what is not declared gets the type it looks like.
    ///
    /// # Errors
    /// A parameter without value, or a value that is not of the declared type.
    pub fn resolve(declarations: &[ParameterDeclaration], arguments: &[Argument]) -> Result<Self> {
        let mut parameters = BTreeMap::new();
        for declaration in declarations {
            let name = &declaration.name;
            let given = arguments.iter().rev().find(|argument| &argument.name == name);
            let parameter_type = declaration.parameter_type;
            let texts = match (given, &declaration.default) {
                (Some(argument), _) => parameter_type.split(&argument.value),
                (None, Some(default)) => default.clone(),
                (None, None) => {
                    let meaning = declaration.description.as_ref().map(|text| format!(" ({text})"));
                    return Err(Error::usage(format!(
                        "parameter `{name}` has no value{}",
                        meaning.unwrap_or_default()
                    ))
                    .hint(format!(
                        "give one with `--param {name}={}`, its type is {parameter_type}",
                        parameter_type.scalar.example()
                    )));
                }
            };
            parameters.insert(name.clone(), parameter_type.parse_values(name, &texts)?);
        }
        for argument in arguments {
            if !declarations.iter().any(|declaration| declaration.name == argument.name) {
                let parameter_type =
                    argument.parameter_type.unwrap_or_else(|| ParameterType::of_look(&argument.value));
                let texts = parameter_type.split(&argument.value);
                let value = parameter_type.parse_values(&argument.name, &texts)?;
                parameters.insert(argument.name.clone(), value);
            }
        }
        Ok(Self(parameters))
    }

    /// Sets a parameter, whatever it was.
    pub fn set(&mut self, name: impl Into<String>, value: ParameterValue) {
        self.0.insert(name.into(), value);
    }

    /// The value of a parameter.
    pub fn get(&self, name: &str) -> Option<&ParameterValue> {
        self.0.get(name)
    }

    /// The names of all parameters.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

impl ParameterType {
    fn split(self, value: &str) -> Vec<String> {
        match (self.list, value.is_empty()) {
            (false, _) => vec![value.to_owned()],
            (true, true) => Vec::new(),
            (true, false) => value.split(',').map(|part| part.trim().to_owned()).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_look_decides_an_undeclared_type() {
        let looks = [
            ("7", "int"),
            ("-7", "int"),
            ("007", "text"),
            ("0.15", "decimal"),
            ("99999999999999999999", "decimal"),
            ("1.2.3", "text"),
            ("2026-01-31", "date"),
            ("2026-01-31T10:00:00", "timestamp"),
            ("2026-02-31", "text"),
            ("true", "bool"),
            ("EU", "text"),
            ("", "text"),
        ];
        for (text, expected) in looks {
            assert_eq!(ParameterType::of_look(text).to_string(), expected, "{text}");
        }
    }

    #[test]
    fn decimals_keep_their_digits() {
        let value = parse_decimal("-0.0050").unwrap();
        assert_eq!(value, ScalarValue::Decimal128(Some(-50), 5, 4));
    }

    #[test]
    fn a_malformed_date_names_parameter_type_and_value() {
        let error = "date".parse::<ParameterType>().unwrap().parse_values("from", &["31.1.2026".to_owned()]);
        assert_eq!(error.unwrap_err().message(), "parameter `from` is a date, `31.1.2026` was given");
    }
}
