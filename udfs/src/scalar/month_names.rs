//! The names of months and weekdays in dates, in the languages in which exports are written most.

use super::blanks::is_blank;

/// Names and abbreviations of each month, in lower case: English, German, French, Spanish, Italian, Portuguese, Dutch.
///
/// No name stands for two months. A name counts as a whole word, and the dot of an abbreviation is not part of it.
const MONTHS: [&[&str]; 12] = [
    &[
        "jan", "january", "januar", "jänner", "jän", "janvier", "janv", "enero", "ene", "gennaio", "gen",
        "janeiro", "januari",
    ],
    &[
        "feb",
        "february",
        "februar",
        "février",
        "fevrier",
        "févr",
        "fevr",
        "fév",
        "febrero",
        "febbraio",
        "fevereiro",
        "fev",
        "februari",
    ],
    &["mar", "march", "märz", "maerz", "mär", "mrz", "mars", "marzo", "março", "marco", "maart", "mrt"],
    &["apr", "april", "avril", "avr", "abril", "abr", "aprile"],
    &["may", "mai", "mayo", "maggio", "mag", "maio", "mei"],
    &["jun", "june", "juni", "juin", "junio", "giugno", "giu", "junho"],
    &["jul", "july", "juli", "juillet", "juil", "julio", "luglio", "lug", "julho"],
    &["aug", "august", "août", "aout", "agosto", "ago", "augustus"],
    &["sep", "sept", "september", "septembre", "septiembre", "settembre", "set", "setembro"],
    &["oct", "october", "oktober", "okt", "octobre", "octubre", "ottobre", "ott", "outubro", "out"],
    &["nov", "november", "novembre", "noviembre", "novembro"],
    &[
        "dec",
        "december",
        "dezember",
        "dez",
        "décembre",
        "decembre",
        "déc",
        "diciembre",
        "dic",
        "dicembre",
        "dezembro",
    ],
];

/// Names and abbreviations of the days of the week in English, as mail and logs begin with them.
const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// The month (from 1) whose name a text begins with, and what follows the name.
pub(super) fn month(text: &str) -> Option<(u32, &str)> {
    let (word, rest) = first_word(text)?;
    let is_named = |names: &[&str]| names.iter().any(|name| is_same(name, word));
    let month = MONTHS.iter().position(|names| is_named(names))?;
    Some((u32::try_from(month).ok()? + 1, rest))
}

/// What follows the name of a weekday, if a text begins with one.
pub(super) fn skip_weekday(text: &str) -> &str {
    let Some((word, rest)) = first_word(text) else { return text };
    let is_weekday = |name: &str| is_same(name, word) || (word.len() == 3 && is_same(&name[..3], word));
    match WEEKDAYS.iter().any(|name| is_weekday(name)) {
        true => rest.trim_start_matches(|c| c == ',' || c == '.' || is_blank(c)),
        false => text,
    }
}

fn first_word(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
    // The longest name has 10 letters.
    (3..=12).contains(&end).then(|| text.split_at(end))
}

fn is_same(name: &str, word: &str) -> bool {
    let mut letters = word.chars().flat_map(char::to_lowercase);
    name.chars().all(|letter| letters.next() == Some(letter)) && letters.next().is_none()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_name_stands_for_two_months() {
        let names: Vec<&str> = MONTHS.iter().flat_map(|names| names.iter().copied()).collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
        assert!(names.iter().all(|name| name.to_lowercase() == *name && (3..=12).contains(&name.len())));
    }

    #[test]
    fn names_are_whole_words() {
        assert_eq!(month("Mar 5"), Some((3, " 5")));
        assert_eq!(month("MÄRZ"), Some((3, "")));
        assert_eq!(month("Sept."), Some((9, ".")));
        for none in ["Marc 5", "Ma", "Mart", "", "5 Mar", "Decemberly"] {
            assert_eq!(month(none), None, "{none}");
        }
        assert_eq!(skip_weekday("Tue, 5 Mar"), "5 Mar");
        assert_eq!(skip_weekday("Tues 5"), "Tues 5");
    }
}
