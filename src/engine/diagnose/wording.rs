//! The library's words in the user's: types as SQL writes them, one sentence, names in backticks.
//!
//! Knows texts only; what they mean is decided by its neighbours.

/// One line without the library's own prefixes, calls for reports and dumps of its own structures.
pub(super) fn sentence(message: &str) -> String {
    const PREFIXES: [&str; 11] = [
        "DataFusion error: ",
        "Error during planning: ",
        "Execution error: ",
        "Arrow error: ",
        "External error: ",
        "Schema error: ",
        "Compute error: ",
        "Cast error: ",
        "Parser error: ",
        "Invalid argument error: ",
        "Internal error: ",
    ];
    let mut line = message.lines().next().unwrap_or_default().trim();
    while let Some(rest) = PREFIXES.iter().find_map(|prefix| line.strip_prefix(prefix)) {
        line = rest;
    }
    let line = line.split("This issue was likely caused by a bug").next().unwrap_or(line);
    // A first line that only announces is joined with the last, which says it.
    let last = message.lines().rfind(|other| !other.trim().is_empty()).unwrap_or_default().trim();
    let line = match line.ends_with(':') && !last.is_empty() && last != line {
        true => format!("{line} {}", last.trim_start_matches("error: ")),
        false => line.to_owned(),
    };
    let line = without_dump(&line).trim_end_matches(['.', '!']).replace("datafusion.public.", "");
    let line = backticks(&line);
    let mut characters = line.chars();
    match (characters.next(), characters.clone().next()) {
        // An abbreviation or a type's name keeps its capitals.
        (Some(first), Some(second)) if first.is_uppercase() && second.is_lowercase() => {
            first.to_lowercase().collect::<String>() + characters.as_str()
        }
        _ => line,
    }
}

/// The text before the first dump of a structure, as in `Ident { value: "x", … }`.
fn without_dump(line: &str) -> &str {
    let Some(brace) = line.find(" { ") else { return line.trim() };
    // The name of the structure, and of what is wrapped around it, says nothing either.
    let before = &line[..brace];
    let cut = before.rfind(|c: char| c.is_whitespace()).map_or(before, |space| &before[..space]);
    cut.trim_end_matches([' ', ':'])
}

/// Quotes around a name become backticks; an apostrophe stays.
pub(super) fn backticks(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('\'') {
        let (before, quoted) = (&rest[..start], &rest[start + 1..]);
        result.push_str(before);
        match quoted.find('\'') {
            Some(length) if !before.ends_with(char::is_alphanumeric) => {
                result.push_str(&format!("`{}`", &quoted[..length]));
                rest = &quoted[length + 1..];
            }
            _ => {
                result.push('\'');
                rest = quoted;
            }
        }
    }
    result + rest
}

/// Arrow's names of types as SQL writes them, and its literals as their values: `Int64(1)` is `1`.
pub(in crate::engine) fn plain_types(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_word) {
        result.push_str(&rest[..start]);
        rest = &rest[start..];
        let (word, after) = rest.split_at(rest.find(|c| !is_word(c)).unwrap_or(rest.len()));
        let inner = parenthesized(after);
        let (sql, used) = match (plain_type(word), inner) {
            (None, Some(inner)) if operator(word).is_some() => (infix(word, inner), true),
            (None, _) => (word.to_owned(), false),
            (Some(Plain::Value(_)), Some(inner)) if !inner.is_empty() => (literal(inner), true),
            (Some(Plain::Decimal), Some(inner)) => match inner.strip_prefix("Some(") {
                Some(value) => (decimal_literal(value), true),
                None => (format!("DECIMAL({inner})"), true),
            },
            (Some(Plain::Decimal), None) => ("DECIMAL".to_owned(), false),
            (Some(Plain::Wrapper(sql)), inner) => (sql.to_owned(), inner.is_some()),
            (Some(Plain::Value(sql)), _) => (sql.to_owned(), false),
            (Some(Plain::List), Some(inner)) => (format!("LIST of {}", plain_types(inner)), true),
            (Some(Plain::List), None) => ("LIST".to_owned(), false),
        };
        result.push_str(&sql);
        rest = match (used, inner) {
            (true, Some(inner)) => &after[inner.len() + 2..],
            _ => after,
        };
    }
    result + rest
}

enum Plain {
    /// A type; with parentheses, a value of it.
    Value(&'static str),
    /// A type whose parentheses hold what users never write.
    Wrapper(&'static str),
    Decimal,
    List,
}

fn plain_type(word: &str) -> Option<Plain> {
    Some(match word {
        "Utf8View" | "LargeUtf8" | "Utf8" => Plain::Value("text"),
        "Int8" => Plain::Value("TINYINT"),
        "Int16" => Plain::Value("SMALLINT"),
        "Int32" => Plain::Value("INT"),
        "Int64" => Plain::Value("BIGINT"),
        "UInt8" => Plain::Value("TINYINT UNSIGNED"),
        "UInt16" => Plain::Value("SMALLINT UNSIGNED"),
        "UInt32" => Plain::Value("INT UNSIGNED"),
        "UInt64" => Plain::Value("BIGINT UNSIGNED"),
        "Float16" | "Float32" => Plain::Value("REAL"),
        "Float64" => Plain::Value("DOUBLE"),
        "Boolean" => Plain::Value("BOOLEAN"),
        "Date32" | "Date64" => Plain::Value("DATE"),
        "Timestamp" => Plain::Wrapper("TIMESTAMP"),
        "Time32" | "Time64" => Plain::Wrapper("TIME"),
        "Interval" => Plain::Wrapper("INTERVAL"),
        "Duration" => Plain::Wrapper("DURATION"),
        "IntervalMonthDayNano" | "IntervalDayTime" | "IntervalYearMonth" => Plain::Wrapper("INTERVAL"),
        "Decimal32" | "Decimal64" | "Decimal128" | "Decimal256" => Plain::Decimal,
        "List" | "LargeList" | "ListView" => Plain::List,
        _ => return None,
    })
}

/// The operator that users write for a function of ours.
fn operator(word: &str) -> Option<&'static str> {
    Some(match word {
        "checked_add" => "+",
        "checked_subtract" => "-",
        "checked_multiply" => "*",
        "divide" => "/",
        _ => return None,
    })
}

/// `checked_add(a, b)` is `a + b`, and `checked_subtract(0, a)` is `-a`.
fn infix(word: &str, inner: &str) -> String {
    let operator = operator(word).unwrap_or_default();
    let mut depth = 0;
    let comma = inner.char_indices().find(|(_, c)| {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        *c == ',' && depth == 0
    });
    let Some((comma, _)) = comma else { return format!("{word}({inner})") };
    let (left, right) = (plain_types(inner[..comma].trim()), plain_types(inner[comma + 1..].trim()));
    match (operator, left.as_str()) {
        ("-", "0") => format!("-{right}"),
        _ => format!("{left} {operator} {right}"),
    }
}

/// `"a"` is `'a'`; numbers stay.
fn literal(inner: &str) -> String {
    match inner.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        Some(text) => format!("'{text}'"),
        None => inner.to_owned(),
    }
}

/// `15),2,2` is what stands behind `Some(` for 0.15.
fn decimal_literal(text: &str) -> String {
    let value = || {
        let (units, rest) = text.split_once(')')?;
        let scale: u32 = rest.rsplit(',').next()?.trim().parse().ok()?;
        let value = rust_decimal::Decimal::try_from_i128_with_scale(units.parse().ok()?, scale).ok()?;
        Some(value.to_string())
    };
    value().unwrap_or_else(|| "a decimal".to_owned())
}

/// What stands between the parenthesis that opens here and the one that closes it.
fn parenthesized(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('(')?;
    let mut depth = 1;
    for (index, c) in inner.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(&inner[..index]);
        }
    }
    None
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The text between two others.
pub(super) fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let rest = &text[text.find(start)? + start.len()..];
    rest.find(end).map(|length| &rest[..length])
}

/// Names in backticks; many are cut short. A name that comes twice is told once.
pub(super) fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    const NAMES_MAX: usize = 12;
    let mut seen = std::collections::BTreeSet::new();
    let names: Vec<_> =
        names.into_iter().filter(|name| seen.insert(*name)).map(|name| format!("`{name}`")).collect();
    match names.len() {
        0..=NAMES_MAX => names.join(", "),
        count => format!("{} and {} more", names[..NAMES_MAX].join(", "), count - NAMES_MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_and_literals_become_sql() {
        let cases = [
            ("Utf8View and Decimal128(5, 2)", "text and DECIMAL(5, 2)"),
            ("Int64(1) + Utf8(\"a\")", "1 + 'a'"),
            ("Decimal128(Some(-15),3,2)", "-0.15"),
            ("Timestamp(Nanosecond, Some(\"UTC\")), List(Int64)", "TIMESTAMP, LIST of BIGINT"),
            ("Int64Column stays", "Int64Column stays"),
            ("checked_subtract(0, divide(a, f(b, c)))", "-a / f(b, c)"),
        ];
        for (arrow, sql) in cases {
            assert_eq!(plain_types(arrow), sql);
        }
    }

    #[test]
    fn dumps_and_prefixes_are_cut() {
        let cases = [
            (
                "Error during planning: dot access not supported for: Identifier(Ident { value: \"x\" })",
                "dot access not supported for",
            ),
            (
                "Execution error: Regex error: parse error:\n    [\n    ^\nerror: unclosed class",
                "regex error: parse error: unclosed class",
            ),
            ("NTILE requires 'n'!", "NTILE requires `n`"),
        ];
        for (message, expected) in cases {
            assert_eq!(sentence(message), expected);
        }
    }
}
