//! Reads a JSON file, an array of objects or objects one after another, once from end to end in constant memory.
//!
//! The reader used by queries knows only one object per line with values of the expected sort. A file in another form
//! is copied once into that form: `copy`.

use std::io::Write;

use arrow::datatypes::{DataType, Fields};
use serde::{Deserialize, Serialize};

use super::{
    SourceOptions, Warning,
    blocking::Cancel,
    compression::Compression,
    copy_writer::unwritable,
    dates::WrittenDates,
    json_facts::{JsonFacts, KEYS_MAX, Keys},
    json_file::{self, Opened, Text, open},
    json_text::{JsonText, Next},
    locate::DataFile,
    look,
};
use crate::error::{Error, Result};

/// Objects between two looks at the cancel flag.
const ROWS_PER_CHECK: u64 = 1024;

/// Beyond this many digits a number written with an exponent is not written out.
const EXPONENT_MAX: i64 = 100;

/// What one file holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct JsonFound {
    pub(super) rows: u64,
    pub(super) compression: Compression,
    pub(super) encoding: String,
    /// Whether every object stands on a line of its own, in plain UTF-8.
    pub(super) is_lines: bool,
    pub(super) is_array: bool,
    pub(super) keys: Keys,
    pub(super) warnings: Vec<Warning>,
}

/// Calls `object` for each object of the file, with the text standing before it; tells if they are in an array.
///
/// `object` is told the number of the element, if so.
fn each_object(
    opened: &mut Opened,
    cancel: &Cancel,
    mut object: impl FnMut(&mut Text, Option<u64>) -> Result<()>,
) -> Result<bool> {
    let (is_wrapped, text) = (opened.envelope.is_some(), &mut opened.text);
    let is_array = text.take(b'[')?;
    let mut rows = 0_u64;
    let mut first = true;
    loop {
        if rows.is_multiple_of(ROWS_PER_CHECK) {
            cancel.check()?;
        }
        rows += 1;
        if is_array {
            if text.take(b']')? {
                break;
            }
            if !first {
                text.expect(b',')?;
            }
            first = false;
        }
        match text.skip_space()? {
            Some(b'{') => object(text, is_array.then_some(rows))?,
            None if !is_array => return Ok(false),
            None => return Err(text.error("the array is not closed")),
            Some(b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n') => {
                let place = format!("`{}` line {}", text.shown(), text.line());
                return Err(Error::data(format!("{place}: a row must be an object, `{{…}}`"))
                    .hint("values alone have no names for columns: write them as {\"name\": value}"));
            }
            Some(_) => return Err(text.error("a row must be an object, `{…}`")),
        }
    }
    match text.skip_space()? {
        None => Ok(true),
        // The rest of the envelope was looked through before.
        Some(_) if is_wrapped => Ok(true),
        Some(_) => Err(text.error("text follows after the array")),
    }
}

/// Reads the whole file.
pub(super) fn scan(file: &DataFile, options: &SourceOptions, cancel: &Cancel) -> Result<JsonFound> {
    look::refuse_if_not_text(file)?;
    let mut opened = open(file, options)?;
    let (compression, encoding) = (opened.compression, opened.encoding);
    if opened.text.skip_space()?.is_none() && !options.empty_is_table {
        return Err(
            Error::data(format!("`{}` is empty", file.shown)).hint("export the file again, or leave it out")
        );
    }
    let mut keys = Keys::default();
    let mut rows = 0;
    let mut is_lines = opened.is_plain;
    let mut token = Vec::new();
    let is_array = each_object(&mut opened, cancel, |text, _| {
        let line = text.line();
        scan_object(text, &mut keys, &mut token, 1)?;
        is_lines &= line == text.line();
        rows += 1;
        if keys.fields.len() > KEYS_MAX {
            return Err(text.error(&format!("the objects have more than {KEYS_MAX} different keys")));
        }
        Ok(())
    })?;
    Ok(JsonFound {
        rows,
        compression,
        encoding: encoding.name().to_owned(),
        is_lines: is_lines && !is_array,
        is_array,
        keys,
        warnings: opened.envelope.iter().filter_map(|envelope| json_file::left_out(file, envelope)).collect(),
    })
}

fn scan_object(text: &mut Text, keys: &mut Keys, token: &mut Vec<u8>, depth: usize) -> Result<()> {
    text.check_depth(depth)?;
    text.expect(b'{')?;
    if text.take(b'}')? {
        return Ok(());
    }
    let mut position = 0;
    keys.begin_object();
    loop {
        text.key(token)?;
        let at = keys.entry(token, position);
        if !keys.is_first_in_object(at) {
            let key = String::from_utf8_lossy(token);
            return Err(Error::data(format!(
                "`{}` line {}: the key `{key}` stands twice in one object",
                text.shown(),
                text.line()
            ))
            .hint("rename one of them where the file is written"));
        }
        position = at + 1;
        if at > KEYS_MAX * 100 {
            return Err(text.error(&format!("an object has more than {} different keys", KEYS_MAX * 100)));
        }
        scan_value(text, &mut keys.fields[at].1, token, depth + 1)?;
        if !text.take(b',')? {
            return text.expect(b'}');
        }
    }
}

fn scan_value(text: &mut Text, facts: &mut JsonFacts, token: &mut Vec<u8>, depth: usize) -> Result<()> {
    let next = text.next()?;
    let line = text.line();
    match next {
        Next::Null => text.literal("null")?,
        Next::True => {
            text.literal("true")?;
            facts.booleans.observe(line, b"true");
        }
        Next::False => {
            text.literal("false")?;
            facts.booleans.observe(line, b"false");
        }
        Next::String => {
            // Escaped text is never a date.
            text.string(token)?;
            facts.strings.observe_string(line, token);
        }
        Next::Number => {
            text.number(token)?;
            match written_out(token) {
                None => facts.numbers.observe(line, token),
                Some(plain) => {
                    facts.exponents = true;
                    let length = |digits: usize| u32::try_from(digits).unwrap_or(u32::MAX);
                    facts.numbers.observe_digits(
                        line,
                        token,
                        length(plain.integer.len()),
                        length(plain.fraction.len()),
                    );
                }
            }
        }
        Next::Object => {
            facts.nested_line.get_or_insert(line);
            let keys = facts.objects.get_or_insert_default();
            if keys.fields.len() > KEYS_MAX {
                token.clear();
                text.compact(token, depth)?;
            } else {
                scan_object(text, keys, token, depth)?;
            }
        }
        Next::Array => {
            text.check_depth(depth)?;
            facts.nested_line.get_or_insert(line);
            let items = facts.arrays.get_or_insert_default();
            text.expect(b'[')?;
            if !text.take(b']')? {
                loop {
                    scan_value(text, items, token, depth + 1)?;
                    if !text.take(b',')? {
                        break;
                    }
                }
                text.expect(b']')?;
            }
        }
    }
    Ok(())
}

/// A number with its exponent carried out.
struct WrittenOut {
    negative: bool,
    integer: Vec<u8>,
    fraction: Vec<u8>,
}

/// Carries out the exponent of a JSON number; `None` if it has none.
fn written_out(number: &[u8]) -> Option<WrittenOut> {
    let e = number.iter().position(|byte| matches!(byte, b'e' | b'E'))?;
    let exponent: i64 = std::str::from_utf8(&number[e + 1..]).ok()?.parse().unwrap_or(i64::MAX);
    let negative = number[0] == b'-';
    let mantissa = &number[usize::from(negative)..e];
    let point = mantissa.iter().position(|byte| *byte == b'.').unwrap_or(mantissa.len());
    let mut digits: Vec<u8> = mantissa.iter().copied().filter(u8::is_ascii_digit).collect();
    let mut point = i64::try_from(point).unwrap_or(EXPONENT_MAX).saturating_add(exponent);
    if digits.iter().all(|digit| *digit == b'0') {
        (digits, point) = (vec![b'0'], 1);
    }
    // An absurd exponent still says "too many digits", which makes the column text.
    point = point.clamp(-EXPONENT_MAX, EXPONENT_MAX);
    while point <= 0 {
        digits.insert(0, b'0');
        point += 1;
    }
    let point = usize::try_from(point).unwrap_or(0);
    while digits.len() < point {
        digits.push(b'0');
    }
    let mut fraction = digits.split_off(point);
    while fraction.last() == Some(&b'0') {
        fraction.pop();
    }
    let zeros = digits.iter().take_while(|digit| **digit == b'0').count().min(digits.len() - 1);
    digits.drain(..zeros);
    Some(WrittenOut { negative, integer: digits, fraction })
}

/// Writes the file as one object per line, with every value in the form its column's reader accepts.
pub(super) fn copy(
    file: &DataFile,
    options: &SourceOptions,
    fields: &Fields,
    cancel: &Cancel,
    out: &mut dyn Write,
) -> Result<()> {
    let mut opened = open(file, options)?;
    let mut line = Vec::new();
    each_object(&mut opened, cancel, |text, _| {
        line.clear();
        copy_object(text, fields, &mut line, 1)?;
        line.push(b'\n');
        out.write_all(&line).map_err(unwritable)
    })?;
    Ok(())
}

/// The keys of the first objects and their values as text; what an object lacks is empty.
pub(super) fn beginning(
    file: &DataFile,
    options: &SourceOptions,
    rows_max: usize,
    cancel: &Cancel,
) -> Result<(Vec<String>, Vec<Vec<String>>)> {
    look::refuse_if_not_text(file)?;
    let mut opened = open(file, options)?;
    let mut keys: Vec<String> = Vec::new();
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut enough = false;
    let read = each_object(&mut opened, cancel, |text, _| {
        if rows.len() == rows_max {
            enough = true;
            return Err(text.error("enough was read"));
        }
        let mut row = vec![String::new(); keys.len()];
        for (key, value) in scalars(text)? {
            match keys.iter().position(|known| *known == key) {
                Some(at) => row[at] = value,
                None => {
                    keys.push(key);
                    row.push(value);
                }
            }
        }
        rows.push(row);
        Ok(())
    });
    match read {
        Err(error) if !enough => return Err(error),
        _ => {}
    }
    rows.iter_mut().for_each(|row| row.resize(keys.len(), String::new()));
    Ok((keys, rows))
}

/// The keys and values of one object, as text.
fn scalars(text: &mut Text) -> Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    text.expect(b'{')?;
    if text.take(b'}')? {
        return Ok(found);
    }
    loop {
        let mut key = Vec::new();
        text.key(&mut key)?;
        let mut value = Vec::new();
        let shown = match text.next()? {
            Next::String => {
                text.string(&mut value)?;
                text.unescape(&value)?
            }
            Next::Null => {
                text.literal("null")?;
                String::new()
            }
            _ => {
                text.compact(&mut value, 2)?;
                String::from_utf8_lossy(&value).into_owned()
            }
        };
        found.push((String::from_utf8_lossy(&key).into_owned(), shown));
        if !text.take(b',')? {
            text.expect(b'}')?;
            return Ok(found);
        }
    }
}

/// Calls `row` for each object with its place, its original text, and the text that its columns' readers accept.
///
/// The place is the number of the element in an array, else the line.
pub(super) fn rows(
    file: &DataFile,
    options: &SourceOptions,
    fields: &Fields,
    cancel: &Cancel,
    mut row: impl FnMut(u64, &[u8], &[u8]) -> Result<()>,
) -> Result<()> {
    let mut opened = open(file, options)?;
    let (mut original, mut line) = (Vec::new(), Vec::new());
    each_object(&mut opened, cancel, |text, element| {
        let place = element.unwrap_or_else(|| text.line());
        original.clear();
        line.clear();
        text.compact(&mut original, 1)?;
        let mut again: Text = JsonText::of_token(original.clone(), &file.shown);
        copy_object(&mut again, fields, &mut line, 1)?;
        line.push(b'\n');
        row(place, &original, &line)
    })?;
    Ok(())
}

fn copy_object(text: &mut Text, fields: &Fields, out: &mut Vec<u8>, depth: usize) -> Result<()> {
    text.expect(b'{')?;
    out.push(b'{');
    let start = out.len();
    if !text.take(b'}')? {
        let mut key = Vec::new();
        loop {
            text.key(&mut key)?;
            let name = String::from_utf8_lossy(&key);
            match fields.find(&name) {
                Some((_, field)) => {
                    if out.len() > start {
                        out.push(b',');
                    }
                    write_string(out, &name);
                    out.push(b':');
                    copy_value(text, field.data_type(), out, depth + 1)?;
                }
                None => text.compact(&mut Vec::new(), depth + 1)?,
            }
            if !text.take(b',')? {
                break;
            }
        }
        text.expect(b'}')?;
    }
    out.push(b'}');
    Ok(())
}

fn copy_value(text: &mut Text, data_type: &DataType, out: &mut Vec<u8>, depth: usize) -> Result<()> {
    let next = text.next()?;
    match (data_type, next) {
        (DataType::Struct(fields), Next::Object) => copy_object(text, fields, out, depth),
        (DataType::List(item), Next::Array) => {
            text.expect(b'[')?;
            out.push(b'[');
            if !text.take(b']')? {
                loop {
                    copy_value(text, item.data_type(), out, depth + 1)?;
                    if !text.take(b',')? {
                        break;
                    }
                    out.push(b',');
                }
                text.expect(b']')?;
            }
            out.push(b']');
            Ok(())
        }
        (DataType::Date32 | DataType::Timestamp(..), Next::String) => {
            let mut value = Vec::new();
            text.string(&mut value)?;
            let zoned = matches!(data_type, DataType::Timestamp(_, Some(_)));
            let iso = WrittenDates { format: None, zoned }.iso(&value);
            out.push(b'"');
            out.extend_from_slice(iso.as_ref().map_or(value.as_slice(), String::as_bytes));
            out.push(b'"');
            Ok(())
        }
        (
            DataType::Utf8 | DataType::Utf8View | DataType::LargeUtf8,
            Next::Number | Next::True | Next::False | Next::Object | Next::Array,
        ) => {
            let mut value = Vec::new();
            text.compact(&mut value, depth)?;
            write_string(out, &String::from_utf8_lossy(&value));
            Ok(())
        }
        (_, Next::Number) => {
            let mut number = Vec::new();
            text.number(&mut number)?;
            match written_out(&number) {
                None => out.append(&mut number),
                Some(plain) => {
                    out.extend_from_slice(if plain.negative { b"-" } else { b"" });
                    out.extend_from_slice(&plain.integer);
                    if !plain.fraction.is_empty() {
                        out.push(b'.');
                        out.extend_from_slice(&plain.fraction);
                    }
                }
            }
            Ok(())
        }
        _ => text.compact(out, depth),
    }
}

fn write_string(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(serde_json::Value::from(text).to_string().as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponents_are_carried_out() {
        let written = |number: &str| {
            let plain = written_out(number.as_bytes()).expect("an exponent");
            let text = |digits: Vec<u8>| String::from_utf8(digits).expect("digits");
            format!(
                "{}{}.{}",
                if plain.negative { "-" } else { "" },
                text(plain.integer),
                text(plain.fraction)
            )
        };
        assert_eq!(written("1e3"), "1000.");
        assert_eq!(written("-1.50e1"), "-15.");
        assert_eq!(written("1e-7"), "0.0000001");
        assert_eq!(written("12.345E-1"), "1.2345");
        assert_eq!(written("0e99999999999999999999"), "0.");
        assert!(written("1e999999").len() > 99);
        assert!(written_out(b"12.5").is_none());
    }
}
