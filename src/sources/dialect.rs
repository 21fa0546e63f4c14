//! Finds the delimiter, the quotes and the frame of a delimited text by looking at its beginning.

use super::{
    facts::Facts,
    frame::{Frame, FramedReader, Lines},
    lines,
    quoting::{Quoting, quoting},
    value::{Kind, is_year, recognise},
};

/// Delimiters that are looked for, the likelier first. A comma is also a decimal point and a part of texts.
const DELIMITERS: [u8; 4] = [b';', b'\t', b'|', b','];

/// How many records of the sample are compared.
const RECORDS_MAX: usize = 1000;

/// The header is looked for in so many records.
const RECORDS_BEFORE_HEADER_MAX: usize = 20;

/// Characters of a title that a warning shows.
const TITLE_CHARACTERS_MAX: usize = 60;

/// What is known of a text before it is looked at.
#[derive(Debug, Clone, Default)]
pub(super) struct Given {
    pub(super) delimiter: Option<u8>,
    pub(super) quote: Option<u8>,
    pub(super) escape: Option<u8>,
    pub(super) comment: Option<u8>,
    pub(super) skip: Option<u64>,
}

/// How a text is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dialect {
    pub(super) delimiter: u8,
    pub(super) quote: u8,
    pub(super) frame: Frame,
    /// The texts above the table that were found, and not named by the user.
    pub(super) titles: Vec<String>,
    /// Whether records have more than one field.
    pub(super) splits: bool,
}

/// Finds how a text is written by its beginning; `whole` if that is all there is.
pub(super) fn detect(sample: &[u8], whole: bool, given: &Given) -> Dialect {
    let separator = separator_line(sample);
    let skip = given.skip.unwrap_or(u64::from(separator.is_some()));
    let delimiters: Vec<u8> = given.delimiter.or(separator).map_or(DELIMITERS.to_vec(), |known| vec![known]);
    let is_known = delimiters.len() == 1;
    let candidates: Vec<Candidate> = delimiters
        .into_iter()
        .map(|delimiter| Candidate::new(sample, whole, delimiter, skip, given))
        .collect();
    let decimal_commas = candidates.iter().any(|candidate| {
        candidate.delimiter != b',' && candidate.score.splits_all() && commas_are_decimal(sample)
    });
    let best = candidates
        .into_iter()
        .filter(|candidate| !(decimal_commas && candidate.delimiter == b','))
        // `max_by` keeps the last of equals, and the first is the likelier.
        .rev()
        .max_by(|a, b| a.score.cmp(&b.score));
    match best {
        Some(best) if best.score.fields > 1 || is_known => best.dialect(given.skip.is_some()),
        // A single column: what its values have in them are no delimiters.
        _ => Candidate::new(sample, whole, b',', skip, given).dialect(true),
    }
}

/// The delimiter that a first line `sep=;` names, as Excel writes and obeys it.
fn separator_line(sample: &[u8]) -> Option<u8> {
    let text = sample.strip_prefix(b"\xef\xbb\xbf").unwrap_or(sample);
    let line = text.split(|byte| matches!(byte, b'\n' | b'\r')).next()?;
    let line = line.strip_prefix(b"\"").unwrap_or(line);
    let (name, rest) = line.split_at_checked(4)?;
    match rest {
        [delimiter, after @ ..]
            if name.eq_ignore_ascii_case(b"sep=")
                && after.iter().all(|byte| matches!(byte, b'"' | b' ') || byte == delimiter) =>
        {
            Some(*delimiter)
        }
        _ => None,
    }
}

/// Whether every comma stands between two digits.
fn commas_are_decimal(sample: &[u8]) -> bool {
    let is_digit = |at: Option<usize>| at.and_then(|at| sample.get(at)).is_some_and(u8::is_ascii_digit);
    let mut commas =
        sample.iter().enumerate().filter(|(_, byte)| **byte == b',').map(|(at, _)| at).peekable();
    commas.peek().is_some() && commas.all(|at| is_digit(at.checked_sub(1)) && is_digit(Some(at + 1)))
}

/// A delimiter, and how well it explains the sample.
struct Candidate {
    delimiter: u8,
    quote: u8,
    frame: Frame,
    records: Vec<Record>,
    header: Option<usize>,
    score: Score,
}

/// Compared field by field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Score {
    splits: bool,
    has_header: bool,
    header_is_first: bool,
    alike_per_mille: usize,
    fields: usize,
}

impl Score {
    fn splits_all(self) -> bool {
        self.splits && self.has_header && self.alike_per_mille == 1000
    }
}

/// A record of the sample.
struct Record {
    line: u64,
    fields: usize,
    filled: usize,
    /// Whether a value is a number or a date.
    is_typed: bool,
    /// Whether an empty line stands before it.
    after_gap: bool,
    text: String,
}

impl Candidate {
    fn new(sample: &[u8], whole: bool, delimiter: u8, skip: u64, given: &Given) -> Self {
        let quote = given.quote.unwrap_or_else(|| detect_quote(sample, delimiter));
        let quoting = match given.escape {
            Some(escape) => Quoting { escape: Some(escape), spaced: false },
            None => quoting(sample, whole, delimiter, quote),
        };
        let frame = Frame { skip, end: None, comment: given.comment, quoting };
        let mut candidate = Self::of(sample, whole, delimiter, quote, frame);
        let is_hash = |record: &Record| record.text.starts_with('#');
        // Where most lines are comments, they hide what splits the others.
        let breaks_table = |record: &Record| {
            is_hash(record) && (record.fields != candidate.score.fields || !candidate.score.splits)
        };
        if given.comment.is_none() && candidate.records.iter().any(breaks_table) {
            let frame = Frame { comment: Some(b'#'), ..candidate.frame.clone() };
            let without = Self::of(sample, whole, delimiter, quote, frame);
            if without.score > candidate.score {
                candidate = without;
            }
        }
        candidate
    }

    fn of(sample: &[u8], whole: bool, delimiter: u8, quote: u8, frame: Frame) -> Self {
        let mut records = records(sample, delimiter, quote, &frame);
        if !whole && records.len() > 1 {
            // The sample ends somewhere in the last record.
            records.pop();
        }
        let most = |records: &[Record]| {
            let alike = |fields: usize| records.iter().filter(|record| record.fields == fields).count();
            records
                .iter()
                .map(|record| record.fields)
                .max_by_key(|fields| (alike(*fields), *fields))
                .unwrap_or(0)
        };
        let fields = most(&records);
        let header = header(&records, fields);
        let table = &records[header.unwrap_or(0)..];
        let alike = table.iter().filter(|record| record.fields == fields).count();
        let score = Score {
            splits: fields > 1,
            has_header: header.is_some(),
            header_is_first: header == Some(0),
            alike_per_mille: alike * 1000 / table.len().max(1),
            fields,
        };
        Self { delimiter, quote, frame, records, header, score }
    }

    fn dialect(mut self, keeps_top: bool) -> Dialect {
        let header = if keeps_top { 0 } else { self.header.unwrap_or(0) };
        let titles = self.records[..header.min(self.records.len())].iter().map(|record| record.text.clone());
        let titles = titles.filter(|text| !text.is_empty()).collect();
        if let Some(first) = self.records.get(header)
            // Comments above it are left out as such.
            && (header > 0 || (first.line > 1 && self.frame.comment.is_none()))
        {
            self.frame.skip = first.line - 1;
        }
        Dialect {
            delimiter: self.delimiter,
            quote: self.quote,
            frame: self.frame,
            titles,
            splits: self.score.splits,
        }
    }
}

fn records(sample: &[u8], delimiter: u8, quote: u8, frame: &Frame) -> Vec<Record> {
    let framed = FramedReader::new(sample, frame, delimiter, quote, Lines::Emptied);
    let (watched, mut lines) = lines::watch(framed);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .quote(quote)
        .from_reader(watched);
    let mut records = Vec::new();
    let mut record = csv::ByteRecord::new();
    let mut next_line = 1;
    while records.len() <= RECORDS_MAX && reader.read_byte_record(&mut record).unwrap_or(false) {
        let line = lines.of_record(record.position().map_or(0, csv::Position::byte));
        let filled = |field: &&[u8]| !field.trim_ascii().is_empty();
        let mut text = String::new();
        if records.len() < RECORDS_BEFORE_HEADER_MAX {
            let parts = record
                .iter()
                .filter(filled)
                .map(|field| String::from_utf8_lossy(field.trim_ascii()).into_owned());
            text = parts.collect::<Vec<_>>().join(" ").chars().take(TITLE_CHARACTERS_MAX).collect();
        } else if record.get(0).is_some_and(|field| field.starts_with(b"#")) {
            text.push('#');
        }
        records.push(Record {
            line,
            fields: record.len(),
            filled: record.iter().filter(filled).count(),
            is_typed: record
                .iter()
                .filter(filled)
                .any(|field| recognise(field.trim_ascii()).kind() != Kind::Text),
            after_gap: line > next_line,
            text: text.trim().to_owned(),
        });
        let breaks = record.as_slice().iter().filter(|byte| **byte == b'\n').count();
        next_line = line + breaks as u64 + 1;
    }
    records
}

/// Which of the first records is the header, if all before it can be titles: they fill one field, or are set apart by an
/// empty line, or fill less than half as many fields as the names that follow.
fn header(records: &[Record], fields: usize) -> Option<usize> {
    let top = &records[..records.len().min(RECORDS_BEFORE_HEADER_MAX + 1)];
    let widest = records.iter().filter(|record| record.fields == fields).map(|record| record.filled).max()?;
    let is_like_most = |record: &Record| record.fields == fields && (record.filled > 1 || widest <= 1);
    let is_half_empty = |record: &Record| record.filled * 2 < widest;
    let names = top.iter().position(|record| is_like_most(record) && !is_half_empty(record));
    let names_follow = |at: usize| names.is_some_and(|names| names > at && !top[names].is_typed);
    let at = top.iter().enumerate().position(|(at, record)| {
        let is_title = is_half_empty(record) && names_follow(at);
        is_like_most(record) && !is_title
    })?;
    let set_apart =
        |before: usize| top[before + 1..=at].iter().any(|record| record.after_gap || record.filled == 0);
    let is_title = |(index, record): (usize, &Record)| {
        record.filled <= 1 || set_apart(index) || (is_half_empty(record) && names_follow(index))
    };
    top[..at].iter().enumerate().all(is_title).then_some(at)
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
/// shows nothing by itself, for columns are often named after years, unless years stand below it. All text shows nothing, and
/// headers are usual.
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
            Kind::Integer if is_year(value) && !facts.are_years() => {}
            _ => data_like = true,
        }
    }
    let any = first.iter().any(|value| !value.is_empty());
    !(any && (data_like || all_typed))
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
        let dialect = detect(text.as_bytes(), true, &Given::default());
        (dialect.delimiter.into(), dialect.quote.into())
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

    #[test]
    fn a_comma_loses_ties_and_is_no_delimiter_between_digits() {
        assert_eq!(detected("Kunde;Betrag, netto\nA;1,50\nB;2,75\n").0, ';');
        assert_eq!(detected("A;1,50\nB;2,75\n").0, ';');
        assert_eq!(detected("1,5;2,5;3,5\n4,5;5,5;6,5\n").0, ';');
        assert_eq!(detected("A\t1,50\nB\t2,75\n").0, '\t');
        assert_eq!(detected("name,tags\nAcme,a;b\nBeta,c;d\n").0, ',');
        assert_eq!(detected("March 3, 2025;12;17.50;\nMarch 9, 2025;13;17.50;\n").0, ';');
    }

    fn found(text: &str) -> Dialect {
        detect(text.as_bytes(), true, &Given::default())
    }

    #[test]
    fn a_separator_line_is_obeyed() {
        for line in ["sep=;", "SEP=;", "\"sep=;\"", "sep=;;;", "\u{feff}sep=;"] {
            let dialect = found(&format!("{line}\r\na\r\n1\r\n"));
            assert_eq!((dialect.delimiter, dialect.frame.skip), (b';', 1), "{line}");
            assert!(dialect.titles.is_empty());
        }
        assert_eq!(found("sep=x y\n1\n").frame.skip, 0);
    }

    #[test]
    fn titles_above_the_header_are_found() {
        let titles = |text: &str| {
            let dialect = found(text);
            (dialect.frame.skip, dialect.titles)
        };
        let two = |a: &str, b: &str| vec![a.to_owned(), b.to_owned()];
        assert_eq!(
            titles("Acme\n\"Jan, 2025\"\n\nDate,Num,Name\n2025-01-01,1,x\n2025-01-02,2,y\n"),
            (3, two("Acme", "Jan, 2025"))
        );
        assert_eq!(titles("Acme,,,\nJan,,,\na,b,c,d\n1,2,3,4\n"), (2, two("Acme", "Jan")));
        assert_eq!(titles("Report,Sales\nPeriod,Jan\n\na,b,c\n1,2,3\n4,5,6\n").0, 3);
        assert_eq!(titles("Period;Jan;;;\na;b;c;d;e\n1;2;3;4;5\n").0, 1);
        // A header that is one name short, and rows that are mostly empty, are no titles.
        assert_eq!(titles("a,b,c\n1,2,3,4\n1,2,3,4\n").0, 0);
        assert_eq!(titles("a,b,c,d\n1,,,\n1,2,3,4\n").0, 0);
        assert_eq!(titles("\n\na,b\n1,2\n").0, 2);
    }

    #[test]
    fn comments_are_found() {
        let comment = |text: &str| found(text).frame.comment;
        assert_eq!(comment("# by A, on B, for C, D\na,b\n1,2\n# x\n3,4\n"), Some(b'#'));
        assert_eq!(comment("# by A\n# on B\na;b\n# x\n1;2\n3;4\n# y"), Some(b'#'));
        assert_eq!(comment("# a\n# b\nc\n"), None);
        assert_eq!(comment("#id,name\n1,x\n"), None);
        assert_eq!(comment("id,name\n#1,x\n"), None);
    }

    #[test]
    fn escapes_and_spaces_are_found() {
        let way = |text: &str| {
            let quoting = found(text).frame.quoting;
            (quoting.escape.is_some(), quoting.spaced)
        };
        assert_eq!(way("a,b\n\"x \\\"y\\\" z\",1\n"), (true, false));
        assert_eq!(way("a,b\n\"\\\"y\\\"\",1\n"), (true, false));
        assert_eq!(way("a,b\n\"C:\\\",\"D:\\\"\n"), (false, false));
        assert_eq!(way("a,b\n\"x \"\"y\"\" z\",1\n"), (false, false));
        assert_eq!(way("a, b\n1, \"x, y\"\n2, \"z\"\n"), (false, true));
        assert_eq!(way("a,b\n5\" pipe,1\n"), (false, false));
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
        assert!(!header_in(&["Acme,,2011", "Beta,,2012"]));
        assert!(header_in(&["customer,2011", "Acme,2400"]));
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
