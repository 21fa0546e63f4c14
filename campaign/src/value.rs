//! The types and values of generated tables, and how they are written in SQL.

/// The types that statements are generated for.
///
/// A wide decimal is a type of its own: products of such do not fit, so it is only compared, chosen and added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Type {
    /// BIGINT, or INT in a file.
    Integer,
    /// DECIMAL(18,2), or wider in a file.
    Decimal,
    /// DECIMAL(30,4).
    Wide,
    /// DOUBLE, with quarters only, so that sums are exact in every order; some columns have NaN and negative zeros.
    Double,
    /// VARCHAR.
    Text,
    /// DATE.
    Date,
    /// BOOLEAN.
    Boolean,
}

/// The digits behind the point of [`Type::Decimal`].
pub const DECIMAL_SCALE: u32 = 2;
/// The digits behind the point of [`Type::Wide`].
pub const WIDE_SCALE: u32 = 4;

impl Type {
    /// All types.
    pub const ALL: [Self; 7] =
        [Self::Integer, Self::Decimal, Self::Wide, Self::Double, Self::Text, Self::Date, Self::Boolean];

    /// Returns the type's name in SQL.
    pub fn sql(self) -> &'static str {
        match self {
            Self::Integer => "BIGINT",
            Self::Decimal => "DECIMAL(18,2)",
            Self::Wide => "DECIMAL(30,4)",
            Self::Double => "DOUBLE",
            Self::Text => "VARCHAR",
            Self::Date => "DATE",
            Self::Boolean => "BOOLEAN",
        }
    }

    /// Returns whether sums of the type are generated.
    pub fn is_numeric(self) -> bool {
        matches!(self, Self::Integer | Self::Decimal | Self::Wide | Self::Double)
    }
}

/// A value of a generated table, or a literal.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// NULL of any type.
    Null,
    /// A whole number.
    Integer(i64),
    /// Hundredths.
    Decimal(i128),
    /// Ten-thousandths.
    Wide(i128),
    /// A double; quarters, so that it is exact.
    Double(f64),
    /// A text.
    Text(String),
    /// Days since 1970-01-01.
    Date(i32),
    /// True or false.
    Boolean(bool),
}

impl Value {
    /// Returns the value as a SQL literal; NULL gets the type.
    pub fn literal(&self, data_type: Type) -> String {
        match self {
            Self::Null => format!("CAST(NULL AS {})", data_type.sql()),
            // As a number, a negative zero would be a decimal one, which has no sign.
            Self::Double(value) if value.is_nan() || (*value == 0.0 && value.is_sign_negative()) => {
                format!("CAST('{value}' AS DOUBLE)")
            }
            Self::Double(value) => format!("CAST({value} AS DOUBLE)"),
            Self::Text(text) => format!("'{}'", text.replace('\'', "''")),
            Self::Date(_) => format!("DATE '{}'", self.plain()),
            _ => self.plain(),
        }
    }

    /// Returns the value as it stands in a file; NULL is empty.
    pub fn plain(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Integer(value) => value.to_string(),
            Self::Decimal(units) => decimal_text(*units, DECIMAL_SCALE),
            Self::Wide(units) => decimal_text(*units, WIDE_SCALE),
            Self::Double(value) => value.to_string(),
            Self::Text(text) => text.clone(),
            Self::Date(days) => {
                let (year, month, day) = civil(*days);
                format!("{year:04}-{month:02}-{day:02}")
            }
            Self::Boolean(value) => value.to_string(),
        }
    }
}

fn decimal_text(units: i128, scale: u32) -> String {
    let base = 10u128.pow(scale);
    let sign = if units < 0 { "-" } else { "" };
    let magnitude = units.unsigned_abs();
    format!("{sign}{}.{:0width$}", magnitude / base, magnitude % base, width = scale as usize)
}

/// The year, month and day of days since 1970-01-01 (Howard Hinnant's `civil_from_days`).
fn civil(days: i32) -> (i32, i32, i32) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i32::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_written_as_dates() {
        assert_eq!(Value::Date(0).literal(Type::Date), "DATE '1970-01-01'");
        assert_eq!(Value::Date(2_932_896).plain(), "9999-12-31");
        assert_eq!(Value::Date(-1).plain(), "1969-12-31");
    }

    #[test]
    fn odd_doubles_survive_as_literals() {
        assert_eq!(Value::Double(-0.0).literal(Type::Double), "CAST('-0' AS DOUBLE)");
        assert_eq!(Value::Double(f64::NAN).literal(Type::Double), "CAST('NaN' AS DOUBLE)");
    }

    #[test]
    fn decimals_keep_sign_and_zeros() {
        assert_eq!(Value::Decimal(-5).plain(), "-0.05");
        assert_eq!(Value::Wide(120_000).plain(), "12.0000");
    }
}
