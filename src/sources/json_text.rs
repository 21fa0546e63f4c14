//! Reads JSON text byte by byte from a stream: no document is ever in memory, only one token.
//!
//! It knows the grammar and the line it is on; what the values mean is for `json_facts` and `json`.

use std::io::{self, Read};

use crate::error::{Error, Result};

/// Objects and arrays deeper than this are refused, so that no file can exhaust the stack.
pub(super) const DEPTH_MAX: usize = 64;

/// A token longer than this is not data.
const TOKEN_BYTES_MAX: usize = 64 * 1024 * 1024;

/// What the next value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    Object,
    Array,
    String,
    Number,
    True,
    False,
    Null,
}

/// JSON text with a position.
pub(super) struct JsonText<R> {
    reader: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    line: u64,
    shown: String,
    on_error: fn(&str, io::Error) -> Error,
}

impl JsonText<Box<dyn Read>> {
    /// Text that is in memory already.
    pub(super) fn of_token(token: Vec<u8>, shown: &str) -> Self {
        Self {
            reader: Box::new(io::empty()),
            start: 0,
            end: token.len(),
            buffer: token,
            line: 1,
            shown: shown.to_owned(),
            on_error: |shown, error| Error::data(format!("cannot read `{shown}`")).caused_by(error),
        }
    }
}

impl<R: Read> JsonText<R> {
    /// `shown` names the file in messages, and `on_error` words a failure of the reader.
    pub(super) fn new(reader: R, shown: &str, on_error: fn(&str, io::Error) -> Error) -> Self {
        Self {
            reader,
            buffer: vec![0; 256 * 1024],
            start: 0,
            end: 0,
            line: 1,
            shown: shown.to_owned(),
            on_error,
        }
    }

    /// The line of the next byte.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// The name of the file in messages.
    pub(super) fn shown(&self) -> &str {
        &self.shown
    }

    /// A message about the text here.
    pub(super) fn error(&self, what: &str) -> Error {
        Error::data(format!("`{}` line {}: {what}", self.shown, self.line))
            .hint("the file is not valid JSON; it may be truncated")
    }

    fn peek(&mut self) -> Result<Option<u8>> {
        if self.start == self.end {
            self.start = 0;
            self.end = loop {
                match self.reader.read(&mut self.buffer) {
                    Ok(length) => break length,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err((self.on_error)(&self.shown, error)),
                }
            };
        }
        Ok((self.start < self.end).then(|| self.buffer[self.start]))
    }

    fn need(&mut self) -> Result<u8> {
        self.peek()?.ok_or_else(|| self.error("the text ends in the middle of a value"))
    }

    /// Skips white space and shows the byte after it.
    pub(super) fn skip_space(&mut self) -> Result<Option<u8>> {
        while let Some(byte) = self.peek()? {
            match byte {
                b'\n' => self.line += 1,
                b' ' | b'\t' | b'\r' => {}
                _ => return Ok(Some(byte)),
            }
            self.start += 1;
        }
        Ok(None)
    }

    /// Skips white space and takes exactly that byte.
    pub(super) fn expect(&mut self, byte: u8) -> Result<()> {
        if self.skip_space()? == Some(byte) {
            self.start += 1;
            return Ok(());
        }
        Err(self.error(&format!("`{}` is missing", char::from(byte))))
    }

    /// Skips white space and takes the byte if it is that one.
    pub(super) fn take(&mut self, byte: u8) -> Result<bool> {
        let found = self.skip_space()? == Some(byte);
        self.start += usize::from(found);
        Ok(found)
    }

    /// Skips white space and tells what value comes.
    pub(super) fn next(&mut self) -> Result<Next> {
        let Some(byte) = self.skip_space()? else {
            return Err(self.error("the text ends where a value should be"));
        };
        Ok(match byte {
            b'{' => Next::Object,
            b'[' => Next::Array,
            b'"' => Next::String,
            b'-' | b'0'..=b'9' => Next::Number,
            b't' => Next::True,
            b'f' => Next::False,
            b'n' => Next::Null,
            other => {
                return Err(
                    self.error(&format!("a value cannot begin with `{}`", char::from(other).escape_debug()))
                );
            }
        })
    }

    /// Takes `true`, `false` or `null`.
    pub(super) fn literal(&mut self, word: &'static str) -> Result<()> {
        for byte in word.bytes() {
            if self.need()? != byte {
                return Err(self.error(&format!("`{word}` is misspelt")));
            }
            self.start += 1;
        }
        Ok(())
    }

    /// Takes a number as it is written.
    pub(super) fn number(&mut self, token: &mut Vec<u8>) -> Result<()> {
        token.clear();
        while let Some(byte @ (b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E')) = self.peek()? {
            token.push(byte);
            self.start += 1;
            if token.len() > 4096 {
                return Err(self.error("a number has more than 4096 characters"));
            }
        }
        if is_number(token) {
            Ok(())
        } else {
            Err(self.error(&format!("`{}` is not a JSON number", String::from_utf8_lossy(token))))
        }
    }

    /// Takes a string; `token` receives what stands between the quotes, still escaped. Tells if it has escapes.
    pub(super) fn string(&mut self, token: &mut Vec<u8>) -> Result<bool> {
        token.clear();
        self.expect(b'"')?;
        let mut escaped = false;
        loop {
            self.need()?;
            let rest = &self.buffer[self.start..self.end];
            let plain = rest.iter().take_while(|byte| !matches!(byte, b'"' | b'\\' | 0..=0x1f)).count();
            token.extend_from_slice(&rest[..plain]);
            self.start += plain;
            if token.len() > TOKEN_BYTES_MAX {
                return Err(self.error("a string is longer than 64 MiB"));
            }
            if self.start == self.end {
                continue;
            }
            match self.need()? {
                b'"' => {
                    self.start += 1;
                    break;
                }
                b'\\' => {
                    escaped = true;
                    self.start += 1;
                    let after = self.need()?;
                    if !matches!(after, b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' | b'u') {
                        return Err(self.error("a string has an unknown escape"));
                    }
                    token.extend_from_slice(&[b'\\', after]);
                    self.start += 1;
                }
                _ => {
                    return Err(self.error(
                        "a string has a line break or control character; it may lack its closing quote",
                    ));
                }
            }
        }
        if std::str::from_utf8(token).is_err() {
            return Err(self.error("a string is not UTF-8"));
        }
        Ok(escaped)
    }

    /// Takes an object key, unescaped.
    pub(super) fn key(&mut self, token: &mut Vec<u8>) -> Result<()> {
        if self.skip_space()? != Some(b'"') {
            return Err(self.error("an object's key must be in double quotes"));
        }
        if self.string(token)? {
            *token = self.unescape(token)?.into_bytes();
        }
        self.expect(b':')
    }

    /// What an escaped string means.
    pub(super) fn unescape(&self, escaped: &[u8]) -> Result<String> {
        let mut quoted = Vec::with_capacity(escaped.len() + 2);
        quoted.push(b'"');
        quoted.extend_from_slice(escaped);
        quoted.push(b'"');
        serde_json::from_slice(&quoted)
            .map_err(|error| self.error("a string has an invalid escape").caused_by(error))
    }

    /// Takes any value and appends it to `out` without white space.
    pub(super) fn compact(&mut self, out: &mut Vec<u8>, depth: usize) -> Result<()> {
        self.check_depth(depth)?;
        if out.len() > TOKEN_BYTES_MAX {
            return Err(self.error("a value is longer than 64 MiB"));
        }
        let mut token = Vec::new();
        match self.next()? {
            Next::True => self.literal("true").map(|()| out.extend_from_slice(b"true")),
            Next::False => self.literal("false").map(|()| out.extend_from_slice(b"false")),
            Next::Null => self.literal("null").map(|()| out.extend_from_slice(b"null")),
            Next::Number => self.number(&mut token).map(|()| out.append(&mut token)),
            Next::String => {
                self.string(&mut token)?;
                out.push(b'"');
                out.append(&mut token);
                out.push(b'"');
                Ok(())
            }
            Next::Array => {
                self.expect(b'[')?;
                out.push(b'[');
                if !self.take(b']')? {
                    loop {
                        self.compact(out, depth + 1)?;
                        if !self.take(b',')? {
                            break;
                        }
                        out.push(b',');
                    }
                    self.expect(b']')?;
                }
                out.push(b']');
                Ok(())
            }
            Next::Object => {
                self.expect(b'{')?;
                out.push(b'{');
                if !self.take(b'}')? {
                    loop {
                        self.skip_space()?;
                        self.string(&mut token)?;
                        self.expect(b':')?;
                        out.push(b'"');
                        out.append(&mut token);
                        out.extend_from_slice(b"\":");
                        self.compact(out, depth + 1)?;
                        if !self.take(b',')? {
                            break;
                        }
                        out.push(b',');
                    }
                    self.expect(b'}')?;
                }
                out.push(b'}');
                Ok(())
            }
        }
    }

    /// An error if values are nested too deeply.
    pub(super) fn check_depth(&self, depth: usize) -> Result<()> {
        if depth > DEPTH_MAX {
            return Err(self.error(&format!("values are nested more than {DEPTH_MAX} levels deep")));
        }
        Ok(())
    }
}

/// `-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?`
fn is_number(token: &[u8]) -> bool {
    let rest = token.strip_prefix(b"-").unwrap_or(token);
    let digits = |bytes: &[u8]| bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let integer = digits(rest);
    if integer == 0 || (integer > 1 && rest[0] == b'0') {
        return false;
    }
    let mut rest = &rest[integer..];
    if let [b'.', after @ ..] = rest {
        let scale = digits(after);
        if scale == 0 {
            return false;
        }
        rest = &after[scale..];
    }
    if let [b'e' | b'E', after @ ..] = rest {
        let after = after.strip_prefix(b"+").or_else(|| after.strip_prefix(b"-")).unwrap_or(after);
        return !after.is_empty() && digits(after) == after.len();
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(json: &str) -> JsonText<&[u8]> {
        JsonText::new(json.as_bytes(), "x.json", |shown, error| Error::data(format!("{shown}: {error}")))
    }

    #[test]
    fn values_are_compacted_and_counted_by_line() {
        let mut json = text(" { \"a\" : [ 1 , -2.5e3, \"x\\n\\u00e9\" ] ,\n \"b\":{} , \"c\" : null }\n7");
        let mut out = Vec::new();
        json.compact(&mut out, 0).expect("valid");
        assert_eq!(String::from_utf8(out).expect("UTF-8"), r#"{"a":[1,-2.5e3,"x\n\u00e9"],"b":{},"c":null}"#);
        json.skip_space().expect("reads");
        assert_eq!(json.line(), 3);
    }

    #[test]
    fn invalid_text_is_refused() {
        for wrong in [
            "{\"a\":}",
            "{\"a\":1",
            "[1 2]",
            "{a:1}",
            "tru",
            "01",
            "1.",
            "-",
            "\"x",
            "\"\n\"",
            "'x'",
            "{\"a\":\"\\x\"}",
        ] {
            assert!(text(wrong).compact(&mut Vec::new(), 0).is_err(), "{wrong}");
        }
        let deep = "[".repeat(100);
        assert!(text(&deep).compact(&mut Vec::new(), 0).expect_err("fails").message().contains("nested"));
    }
}
