//! Rows as they are compared: numbers without their scale, texts as they are.

use arrow::{
    array::{Array, AsArray, RecordBatch},
    datatypes::{DataType, Float32Type, Float64Type},
    error::ArrowError,
    util::display::{ArrayFormatter, FormatOptions},
};

/// A cell; none is NULL.
pub type Cell = Option<String>;

/// The rows of a result.
pub type Rows = Vec<Vec<Cell>>;

/// Adds the rows of a batch.
///
/// # Errors
/// A type that cannot be shown.
pub fn append(rows: &mut Rows, batch: &RecordBatch) -> Result<(), ArrowError> {
    let options = FormatOptions::new().with_display_error(false);
    let formatters = batch
        .columns()
        .iter()
        .map(|column| ArrayFormatter::try_new(column.as_ref(), &options))
        .collect::<Result<Vec<_>, _>>()?;
    let nulls: Vec<_> = batch.columns().iter().map(|column| column.logical_nulls()).collect();
    for row in 0..batch.num_rows() {
        let cells =
            batch.columns().iter().zip(&formatters).zip(&nulls).map(|((column, formatter), nulls)| {
                let is_null = nulls.as_ref().is_some_and(|nulls| nulls.is_null(row));
                (!is_null).then(|| match column.data_type() {
                    DataType::Float64 => double(column.as_primitive::<Float64Type>().value(row)),
                    DataType::Float32 => double(f64::from(column.as_primitive::<Float32Type>().value(row))),
                    data_type if data_type.is_decimal() => number(&formatter.value(row).to_string()),
                    _ => formatter.value(row).to_string(),
                })
            });
        rows.push(cells.collect());
    }
    Ok(())
}

/// A number without the zeros that its type adds.
fn number(text: &str) -> String {
    let text = match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.'),
        false => text,
    };
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// The shortest digits that give the double; both zeros are one.
pub fn double(value: f64) -> String {
    if value == 0.0 { "0".to_owned() } else { value.to_string() }
}

/// How two results differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// Other rows.
    Rows {
        /// Rows that the right side lacks.
        left_only: Rows,
        /// Rows that the left side lacks.
        right_only: Rows,
    },
    /// The same rows in another order, although one is asked for.
    Order,
}

/// Compares two results; in their order, if one is asked for.
pub fn difference(left: &Rows, right: &Rows, is_ordered: bool) -> Option<Difference> {
    if left == right {
        return None;
    }
    let (mut one, mut other) = (left.clone(), right.clone());
    one.sort_unstable();
    other.sort_unstable();
    if one == other {
        return is_ordered.then_some(Difference::Order);
    }
    Some(Difference::Rows { left_only: without(&one, &other), right_only: without(&other, &one) })
}

/// The rows of a sorted list that another sorted list lacks.
fn without(rows: &Rows, others: &Rows) -> Rows {
    let mut others = others.iter().peekable();
    let mut missing = Vec::new();
    for row in rows {
        while others.next_if(|other| *other < row).is_some() {}
        if others.next_if(|other| *other == row).is_none() {
            missing.push(row.clone());
        }
    }
    missing
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(cells: &[&str]) -> Rows {
        cells.iter().map(|cell| vec![Some((*cell).to_owned())]).collect()
    }

    #[test]
    fn equal_rows_are_counted() {
        let found = difference(&rows(&["a", "a", "b"]), &rows(&["a", "b", "b"]), false);
        assert_eq!(found, Some(Difference::Rows { left_only: rows(&["a"]), right_only: rows(&["b"]) }));
    }

    #[test]
    fn the_order_counts_only_where_it_is_asked_for() {
        assert_eq!(difference(&rows(&["a", "b"]), &rows(&["b", "a"]), false), None);
        assert_eq!(difference(&rows(&["a", "b"]), &rows(&["b", "a"]), true), Some(Difference::Order));
    }

    #[test]
    fn the_scale_of_a_number_does_not_count() {
        assert_eq!([number("10.500"), number("100"), number("-0.00")], ["10.5", "100", "0"]);
    }
}
