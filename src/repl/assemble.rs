//! Assembles lines into statements that end with `;` and into backslash commands.
//!
//! A semicolon in a string, a comment, a quoted name or between dollar quotes ends nothing: the
//! tokenizer of the engine decides, not the last character.

use std::{mem, ops::Range};

use datafusion::sql::sqlparser::{dialect::Dialect, tokenizer::Token};

use super::tokens::{Ending, tokens};

/// Something that can be run, by its bytes in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// A statement, with its semicolon if there is one.
    Statement(Range<usize>),
    /// A backslash command, up to the end of its line.
    Command(Range<usize>),
}

/// What a text holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Split {
    /// What can be run.
    pub(super) pieces: Vec<Piece>,
    /// Where the statement begins that has no semicolon yet.
    pub(super) rest: Option<usize>,
    /// Whether the text ends inside a string, a comment or a quoted name.
    pub(super) is_inside: bool,
}

/// Cuts a text into what can be run and what is still unfinished.
pub(super) fn split(text: &str, dialect: &dyn Dialect) -> Split {
    let mut split = Split::default();
    let mut base = 0;
    while let Some(next) = split_sql(text, base, dialect, &mut split) {
        base = next;
    }
    split
}

/// Cuts from `base` up to and including the next command; returns where it goes on after that.
fn split_sql(text: &str, base: usize, dialect: &dyn Dialect, split: &mut Split) -> Option<usize> {
    let (tokens, ending) = tokens(&text[base..], dialect);
    let mut start: Option<usize> = None;
    for token in tokens.iter().filter(|token| token.is_significant()) {
        let span = base + token.span.start..base + token.span.end;
        match (&token.token, start) {
            (Token::Backslash, None) => {
                // A command's arguments are not SQL, so the tokens after it mean nothing.
                let end = text[span.start..].find('\n').map_or(text.len(), |length| span.start + length);
                split.pieces.push(Piece::Command(span.start..end));
                return Some(end);
            }
            (Token::SemiColon, None) => {}
            (Token::SemiColon, Some(first)) => {
                split.pieces.push(Piece::Statement(first..span.end));
                start = None;
            }
            (_, None) => start = Some(span.start),
            (_, Some(_)) => {}
        }
    }
    match ending {
        Ending::Whole => split.rest = start,
        Ending::Inside(open) => {
            split.rest = start.or(Some(base + open));
            split.is_inside = true;
        }
        // No further line can mend it: let the parser say what is wrong.
        Ending::Malformed(place) => {
            split.pieces.push(Piece::Statement(start.unwrap_or(base + place)..text.len()));
        }
    }
    None
}

/// What is ready to run.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Ready {
    /// The text that was typed.
    pub(super) text: String,
    /// Its statements and commands.
    pub(super) pieces: Vec<Piece>,
    /// What the history keeps; empty while a statement is still unfinished.
    pub(super) entry: String,
}

/// The lines typed so far that have not run yet.
#[derive(Debug, Default)]
pub(super) struct Input {
    pending: String,
    is_inside: bool,
    entry: String,
    ready: Option<Ready>,
}

impl Input {
    /// The lines of the unfinished statement, each with its line break; empty between statements.
    pub(super) fn pending(&self) -> &str {
        &self.pending
    }

    /// Takes one more line.
    pub(super) fn push(&mut self, line: &str, dialect: &dyn Dialect) {
        let is_command = line.trim_start().starts_with('\\');
        if is_command && !self.pending.is_empty() && !self.is_inside {
            // In the midst of a statement a command runs at once, and the statement waits.
            let text = line.to_owned();
            let pieces = vec![Piece::Command(line.len() - line.trim_start().len()..line.len())];
            self.ready = Some(Ready { text, pieces, entry: line.trim().to_owned() });
            return;
        }
        self.entry.push_str(line);
        self.entry.push('\n');
        // Inside a long statement, only what can end it or what it is in makes another look worthwhile.
        let may_matter = self.pending.is_empty() || line.contains([';', '\'', '"', '*', '$', '`', '\\']);
        self.pending.push_str(line);
        self.pending.push('\n');
        if !may_matter {
            return;
        }
        let split = split(&self.pending, dialect);
        self.is_inside = split.is_inside;
        let rest = split.rest.map_or_else(String::new, |start| self.pending[start..].to_owned());
        let text = mem::replace(&mut self.pending, rest);
        let entry = match self.pending.is_empty() {
            true => mem::take(&mut self.entry).trim().to_owned(),
            false => String::new(),
        };
        if !split.pieces.is_empty() || !entry.is_empty() {
            self.ready = Some(Ready { text, pieces: split.pieces, entry });
        }
    }

    /// Declares the unfinished statement finished.
    pub(super) fn finish(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let text = mem::take(&mut self.pending);
        let pieces = vec![Piece::Statement(0..text.len())];
        self.ready = Some(Ready { text, pieces, entry: mem::take(&mut self.entry) });
    }

    /// Gives up the unfinished statement and returns it.
    pub(super) fn clear(&mut self) -> String {
        self.pending.clear();
        self.is_inside = false;
        mem::take(&mut self.entry).trim().to_owned()
    }

    /// What has become ready since the last call.
    pub(super) fn take_ready(&mut self) -> Option<Ready> {
        self.ready.take()
    }
}

#[cfg(test)]
mod tests {
    use datafusion::sql::sqlparser::dialect::GenericDialect;

    use super::*;

    /// The pieces as text, then the unfinished rest.
    fn cut(text: &str) -> (Vec<&str>, Option<&str>) {
        let split = split(text, &GenericDialect {});
        let pieces = split.pieces.into_iter().map(|piece| match piece {
            Piece::Statement(span) | Piece::Command(span) => &text[span],
        });
        (pieces.collect(), split.rest.map(|rest| &text[rest..]))
    }

    #[test]
    fn only_a_semicolon_outside_of_quotes_and_comments_ends_a_statement() {
        for text in ["SELECT ';';", "SELECT \";\";", "SELECT 1 /* ; */;", "SELECT $$;$$;", "SELECT 1 -- ;\n;"]
        {
            assert_eq!(cut(text), (vec![text], None), "{text}");
        }
        for text in ["SELECT 1 -- ;", "SELECT ';", "SELECT $$;", "SELECT /* ;", "/* ;", "SELECT 'it''s;"] {
            assert_eq!(cut(text), (vec![], Some(text)), "{text}");
        }
    }

    #[test]
    fn several_statements_stand_on_one_line_and_empty_ones_do_not_count() {
        assert_eq!(cut("SELECT 1; ;; SELECT 2; SELECT"), (vec!["SELECT 1;", "SELECT 2;"], Some("SELECT")));
        assert_eq!(cut("-- nothing\n ;"), (vec![], None));
    }

    #[test]
    fn a_command_ends_with_its_line_whatever_stands_in_it() {
        assert_eq!(
            cut("\\i it's.sql\nSELECT 1; \\d x;y\n;SELECT '\\d';"),
            (vec!["\\i it's.sql", "SELECT 1;", "\\d x;y", "SELECT '\\d';"], None)
        );
    }

    #[test]
    fn a_command_amid_a_statement_runs_and_the_statement_waits() {
        let dialect = GenericDialect {};
        let mut input = Input::default();
        input.push("SELECT 1,", &dialect);
        assert_eq!(input.take_ready(), None);
        input.push("\\d", &dialect);
        assert_eq!(input.take_ready().expect("a command").pieces, [Piece::Command(0..2)]);
        assert_eq!(input.pending(), "SELECT 1,\n");
        input.push("'", &dialect);
        input.push("\\d", &dialect);
        assert_eq!(input.take_ready(), None);
        input.push("';", &dialect);
        let ready = input.take_ready().expect("a statement");
        assert_eq!(ready.pieces, [Piece::Statement(0..17)]);
        assert_eq!(ready.entry, "SELECT 1,\n'\n\\d\n';");
        assert_eq!(input.pending(), "");
    }

    #[test]
    fn what_follows_a_statement_on_its_line_is_kept() {
        let dialect = GenericDialect {};
        let mut input = Input::default();
        input.push("SELECT 1; SELECT", &dialect);
        let ready = input.take_ready().expect("a statement");
        assert_eq!((ready.pieces.len(), ready.entry.as_str()), (1, ""));
        input.push("2;", &dialect);
        let ready = input.take_ready().expect("a statement");
        assert_eq!((ready.text.as_str(), ready.entry.as_str()), ("SELECT\n2;\n", "SELECT 1; SELECT\n2;"));
    }
}
