//! Names of columns that stand in two rows of a sheet: `2025` above `Revenue` and `Cost`, or `Revenue` above `EUR` and `USD`.
//!
//! The upper name of a group stands in its first cell, and the others are empty, as merged cells are. The two are joined only
//! where one row alone does not tell the columns apart, and where both are texts above numbers or dates.

use std::collections::{BTreeMap, BTreeSet};

/// A cell of one of the first rows.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    pub(super) text: String,
    /// Whether it is a text, and no number, date or truth value.
    pub(super) is_text: bool,
}

/// The cells of a row, by column.
pub(super) type Cells = BTreeMap<u32, Cell>;

/// The names by column, if the row `upper` and the row `lower` right below it are a header together; `below` are the rows after.
pub(super) fn join(upper: &Cells, lower: &Cells, below: &[&Cells]) -> Option<BTreeMap<u32, String>> {
    if !lower.values().all(|cell| cell.is_text) || upper.len() < 2 {
        return None;
    }
    let is_ambiguous = !are_distinct(lower.values().map(|cell| &cell.text));
    let gaps: Vec<u32> = lower.keys().filter(|column| !upper.contains_key(column)).copied().collect();
    let is_value =
        |column: &u32| below.iter().find_map(|cells| cells.get(column)).is_some_and(|cell| !cell.is_text);
    // Where every column with an upper name has a lower one too, a lower row of different texts may be the first row of data.
    let is_grouped = is_ambiguous || upper.keys().any(|column| !lower.contains_key(column));
    if gaps.is_empty() || !is_grouped || !gaps.iter().filter(|gap| is_within(upper, **gap)).all(is_value) {
        return None;
    }
    let columns: BTreeSet<u32> = upper.keys().chain(lower.keys()).copied().collect();
    let names: BTreeMap<u32, String> = columns
        .into_iter()
        .map(|column| {
            let own = lower.get(&column).map(|cell| cell.text.trim());
            let group = match own {
                None => upper.get(&column),
                Some(_) => upper.range(..=column).next_back().map(|(_, cell)| cell),
            };
            let parts = [group.map(|cell| cell.text.trim()), own];
            (
                column,
                parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" "),
            )
        })
        .collect();
    are_distinct(names.values()).then_some(names)
}

/// Whether a group begins at the column or before it.
fn is_within(upper: &Cells, column: u32) -> bool {
    upper.range(..=column).next_back().is_some()
}

fn are_distinct<'a>(mut names: impl Iterator<Item = &'a String>) -> bool {
    let mut seen = BTreeSet::new();
    names.all(|name| seen.insert(name.trim().to_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `-` is an empty cell; what begins with a digit is a number, in quotes a text.
    fn cells(row: &str) -> Cells {
        row.split(' ')
            .zip(0..)
            .filter(|(cell, _)| *cell != "-")
            .map(|(cell, column)| {
                let is_text = !cell.starts_with(|c: char| c.is_ascii_digit());
                (column, Cell { text: cell.trim_matches('\'').to_owned(), is_text })
            })
            .collect()
    }

    fn joined(upper: &str, lower: &str, row: &str) -> Option<Vec<String>> {
        let names = join(&cells(upper), &cells(lower), &[&cells(row)])?;
        Some(names.into_values().collect())
    }

    #[test]
    fn two_rows_are_joined_where_one_does_not_tell_columns_apart() {
        let names = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert_eq!(
            joined("- '2025' - 2026 -", "Customer Revenue Cost Revenue Cost", "ACME 1 2 3 4"),
            names(&["Customer", "2025 Revenue", "2025 Cost", "2026 Revenue", "2026 Cost"])
        );
        assert_eq!(
            joined("Customer Revenue - Cost -", "- EUR USD EUR USD", "ACME 1 2 3 4"),
            names(&["Customer", "Revenue EUR", "Revenue USD", "Cost EUR", "Cost USD"])
        );
    }

    #[test]
    fn a_row_of_data_below_a_gap_and_titles_are_no_names() {
        // A header without a name for its last column.
        assert_eq!(joined("Customer City -", "ACME Prague yes", "BOLT Brno no"), None);
        assert_eq!(joined("Customer City -", "ACME Prague yes", "BOLT Brno 5"), None);
        assert_eq!(joined("Customer Revenue -", "ACME 5 yes", "BOLT 6 no"), None);
        // Titles above a header that needs none.
        assert_eq!(joined("Report - Europe -", "Customer Revenue Cost Margin", "ACME 1 2 3"), None);
        assert_eq!(joined("Report - - -", "Customer Revenue Cost Revenue", "ACME 1 2 3"), None);
        // Joined, they would not be told apart either.
        assert_eq!(joined("- '2025' '2025' -", "Customer Cost Cost Revenue", "ACME 1 2 3"), None);
    }
}
