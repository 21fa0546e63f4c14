//! When two headers mean the same column: compared without case, accents, blanks and punctuation.

/// A header in the form in which headers are compared: its letters and digits, in lower case, without accents.
pub(super) fn normal(header: &str) -> String {
    use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
    header
        .nfd()
        .filter(|character| !is_combining_mark(*character))
        .flat_map(char::to_lowercase)
        .filter(|character| character.is_alphanumeric())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::normal;

    #[test]
    fn case_accents_blanks_and_punctuation_do_not_matter() {
        for header in ["Record ID", "record_id", "RECORD-ID", "Record Id", "(record) i.d."] {
            assert_eq!(normal(header), "recordid");
        }
        assert_eq!(normal("Název firmy"), "nazevfirmy");
        assert_eq!(normal("会社名"), "会社名");
    }
}
