//! Finds the name that was probably meant.

/// The candidate nearest to a misspelt name, or none if all are far from it. Letter case does not count.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&name, &candidate.to_lowercase()), candidate))
        // A third of the letters may be wrong: enough for slips of the finger, too little for another word.
        .filter(|(distance, candidate)| *distance <= (name.chars().count().max(candidate.len()) / 3).max(1))
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn slips_are_found_and_other_words_are_not() {
        let columns = ["revenue", "cost", "customer_id"];
        assert_eq!(nearest("revenu", columns), Some("revenue"));
        assert_eq!(nearest("CUSTOMER_IDS", columns), Some("customer_id"));
        assert_eq!(nearest("segment", columns), None);
    }
}
