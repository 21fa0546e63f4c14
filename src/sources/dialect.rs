//! Which delimiter and quote a text file uses, and whether it begins with a header: found by looking at it.

use super::{
    facts::Facts,
    value::{Kind, recognise},
};

/// Delimiters that are looked for, the likelier first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// How many records of the sample are compared.
const RECORDS_MAX: usize = 1000;

/// Finds the delimiter and the quote in the beginning of a file; `whole` if that is all there is.
pub(super) fn detect(
    sample: &[u8],
    whole: bool,
    given_delimiter: Option<u8>,
    given_quote: Option<u8>,
) -> (u8, u8) {
    let delimiters: Vec<u8> = given_delimiter.map_or(DELIMITERS.to_vec(), |given| vec![given]);
    let best = delimiters
        .into_iter()
        .map(|delimiter| {
            let quote = given_quote.unwrap_or_else(|| detect_quote(sample, delimiter));
            (score(sample, whole, delimiter, quote), delimiter, quote)
        })
        // `max_by` keeps the last of equals, and the first is the likelier.
        .rev()
        .max_by(|a, b| a.0.cmp(&b.0));
    match best {
        Some((score, delimiter, quote)) if score.fields > 1 || given_delimiter.is_some() => {
            (delimiter, quote)
        }
        _ => (b',', given_quote.unwrap_or(b'"')),
    }
}

/// How well a delimiter explains the sample; compared field by field.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Score {
    splits: bool,
    first_like_most: bool,
    alike_per_mille: usize,
    fields: usize,
}

fn score(sample: &[u8], whole: bool, delimiter: u8, quote: u8) -> Score {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .quote(quote)
        .from_reader(sample);
    let mut counts: Vec<usize> = Vec::new();
    let mut record = csv::ByteRecord::new();
    while counts.len() <= RECORDS_MAX && reader.read_byte_record(&mut record).unwrap_or(false) {
        counts.push(record.len());
    }
    if !whole && counts.len() > 1 {
        // The sample ends somewhere in the last record.
        counts.pop();
    }
    let alike = |fields: usize| counts.iter().filter(|count| **count == fields).count();
    let fields = counts.iter().copied().max_by_key(|fields| (alike(*fields), *fields)).unwrap_or(0);
    Score {
        splits: fields > 1,
        first_like_most: counts.first() == Some(&fields),
        alike_per_mille: alike(fields) * 1000 / counts.len().max(1),
        fields,
    }
}

/// `'` if fields begin and end with it, and none with `"`.
fn detect_quote(sample: &[u8], delimiter: u8) -> u8 {
    let is_edge =
        |byte: Option<&u8>| byte.is_none_or(|byte| *byte == delimiter || matches!(byte, b'\n' | b'\r'));
    let mut starts = [0usize; 2];
    let mut ends = [0usize; 2];
    for (at, byte) in sample.iter().enumerate() {
        let which = match byte {
            b'"' => 0,
            b'\'' => 1,
            _ => continue,
        };
        starts[which] += usize::from(is_edge(at.checked_sub(1).map(|before| &sample[before])));
        ends[which] += usize::from(is_edge(sample.get(at + 1)));
    }
    if starts[0] == 0 && starts[1] > 0 && starts[1].abs_diff(ends[1]) <= 1 { b'\'' } else { b'"' }
}

/// Whether the first row is a header, judged by what the columns below it hold.
///
/// A name over a typed column shows a header. Values like those below show that there is none; a number such as 2025
/// shows nothing by itself, for columns are often named after years. All text shows nothing, and headers are usual.
pub(super) fn has_header(first: &[Vec<u8>], columns: &[Facts]) -> bool {
    let mut data_like = false;
    let mut all_typed = true;
    for (value, facts) in first.iter().zip(columns) {
        if value.is_empty() {
            continue;
        }
        let kind = recognise(value).kind();
        if facts.resembles(value) == Some(false) {
            return true;
        }
        match kind {
            Kind::Text => all_typed = false,
            Kind::Integer if is_year(value) => {}
            _ => data_like = true,
        }
    }
    let any = first.iter().any(|value| !value.is_empty());
    !(any && (data_like || all_typed))
}

fn is_year(value: &[u8]) -> bool {
    value.len() == 4 && (value.starts_with(b"19") || value.starts_with(b"20"))
}

/// Column names from a header row: trimmed, never empty, never twice; with a sentence for each change.
pub(super) fn names(header: &[Vec<u8>]) -> (Vec<String>, Vec<String>) {
    let mut names: Vec<String> = Vec::with_capacity(header.len());
    let mut changes = Vec::new();
    let written: Vec<String> =
        header.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect();
    for (index, name) in written.iter().enumerate() {
        let mut unique = name.clone();
        if name.is_empty() {
            unique = format!("column_{}", index + 1);
        }
        let mut number = 2;
        while names.contains(&unique) || (unique != *name && written.contains(&unique)) {
            unique = if name.is_empty() {
                format!("column_{}_{number}", index + 1)
            } else {
                format!("{name}_{number}")
            };
            number += 1;
        }
        if name.is_empty() {
            changes.push(format!("column {} has no name in the header; it is called `{unique}`", index + 1));
        } else if unique != *name {
            changes.push(format!(
                "the header has `{name}` more than once; column {} is called `{unique}`",
                index + 1
            ));
        }
        names.push(unique);
    }
    (names, changes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detected(text: &str) -> (char, char) {
        let (delimiter, quote) = detect(text.as_bytes(), true, None, None);
        (delimiter.into(), quote.into())
    }

    #[test]
    fn delimiters_and_quotes_are_found() {
        assert_eq!(detected("a,b\n1,2\n"), (',', '"'));
        assert_eq!(detected("a;b;c\n1,5;2,5;x\n2,5;1;y\n"), (';', '"'));
        assert_eq!(detected("a\tb\nx, y\t2\n"), ('\t', '"'));
        assert_eq!(detected("a|b\n1|2\n"), ('|', '"'));
        assert_eq!(detected("a,b\n'x, y',2\n'z',3\n"), (',', '\''));
        assert_eq!(detected("a,b\n\"x;y;z\",\"1;2;3\"\n"), (',', '"'));
        assert_eq!(detected("city,n\n's-Hertogenbosch,1\n'x' y,2\n"), (',', '"'));
        assert_eq!(detected("name\nAcme\n"), (',', '"'));
    }

    fn header_in(rows: &[&str]) -> bool {
        let split = |row: &str| row.split(',').map(|field| field.as_bytes().to_vec()).collect::<Vec<_>>();
        let first = split(rows[0]);
        let mut columns = vec![Facts::default(); first.len()];
        for (row, line) in rows[1..].iter().zip(2..) {
            split(row).iter().zip(&mut columns).for_each(|(field, facts)| facts.observe(line, field));
        }
        has_header(&first, &columns)
    }

    #[test]
    fn headers_are_told_from_data() {
        assert!(header_in(&["id,amount", "1,2.50"]));
        assert!(header_in(&["name,city", "Acme,Berlin"]));
        assert!(header_in(&["customer,2024,2025", "Acme,10,20"]));
        assert!(header_in(&["id", ""]));
        assert!(!header_in(&["1,2.50", "2,3.50"]));
        assert!(!header_in(&["1,Acme,10.00", "2,Beta,20.00"]));
        assert!(!header_in(&["C1,2025-01-01", "C2,2025-01-02"]));
        assert!(!header_in(&["00123,x", "00124,y"]));
        assert!(!header_in(&["2024,2025", "10,20"]));
    }

    #[test]
    fn names_are_unique() {
        let header: Vec<Vec<u8>> =
            ["amount", " amount ", "", "amount_2"].iter().map(|name| name.as_bytes().to_vec()).collect();
        let (names, changes) = names(&header);
        assert_eq!(names, ["amount", "amount_3", "column_3", "amount_2"]);
        assert_eq!(changes.len(), 2);
    }
}
