//! Numbers that a workbook shows filled up with zeros: codes such as `0000123`, which are 123 in the file.

use calamine::{Data, Style};

/// Doubles hold every whole number up to here exactly.
const EXACT_WHOLE_MAX: f64 = 9_007_199_254_740_992.0;

/// A number format of digits that are always shown, such as `00000` or `000-00-0000`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Padding(Vec<Mark>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// A digit, or 0.
    Digit,
    /// A character that stands there always.
    Literal(char),
}

impl Padding {
    /// Returns the padding of a cell's style; none if its format does more than that, or less.
    pub(super) fn of(style: &Style) -> Option<Self> {
        Self::parse(&style.number_format.as_ref()?.format_code)
    }

    fn parse(format: &str) -> Option<Self> {
        let mut marks = Vec::new();
        let mut characters = format.chars();
        while let Some(character) = characters.next() {
            match character {
                '0' => marks.push(Mark::Digit),
                '-' | ' ' => marks.push(Mark::Literal(character)),
                '\\' => marks.push(Mark::Literal(characters.next()?)),
                '"' => marks.extend(characters.by_ref().take_while(|inner| *inner != '"').map(Mark::Literal)),
                // What follows is for negative numbers.
                ';' => break,
                _ => return None,
            }
        }
        (marks.iter().filter(|mark| **mark == Mark::Digit).count() > 1).then_some(Self(marks))
    }

    /// The text that the cell shows, if its value is a whole number.
    pub(super) fn shown(&self, value: Data) -> Data {
        let number = match value {
            Data::Float(number) if number.fract() == 0.0 && number.abs() <= EXACT_WHOLE_MAX => number,
            Data::Int(number) => number as f64,
            other => return other,
        };
        let mut digits: Vec<char> = format!("{:.0}", number.abs()).chars().collect();
        let mut shown = Vec::new();
        let first = self.0.iter().position(|mark| *mark == Mark::Digit);
        for (at, mark) in self.0.iter().enumerate().rev() {
            match mark {
                Mark::Literal(character) => shown.push(*character),
                Mark::Digit => {
                    shown.push(digits.pop().unwrap_or('0'));
                    if Some(at) == first {
                        shown.extend(digits.drain(..).rev());
                    }
                }
            }
        }
        if number < 0.0 {
            shown.push('-');
        }
        Data::String(shown.into_iter().rev().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_as_the_cell_shows_them() {
        for (format, number, expected) in [
            ("0000000", 123.0, "0000123"),
            ("00000", 1_234_567.0, "1234567"),
            ("000-00-0000", 12_345_678.0, "012-34-5678"),
            ("\"C-\"0000", 7.0, "C-0007"),
            ("0000;-0000", -7.0, "-0007"),
        ] {
            let padding = Padding::parse(format).expect("pads");
            assert_eq!(padding.shown(Data::Float(number)), Data::String(expected.to_owned()), "{format}");
        }
        assert_eq!(Padding::parse("0000").expect("pads").shown(Data::Float(1.5)), Data::Float(1.5));
        for other in ["0", "0.00", "#,##0", "General", "00.0", "yyyy-mm-dd", "@", "0%"] {
            assert_eq!(Padding::parse(other), None, "{other}");
        }
    }
}
