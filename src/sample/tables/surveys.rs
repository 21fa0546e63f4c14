//! `surveys`: one row per answer. Content customers answer well, those who are about to leave do not.

use super::{Company, Day, Draw, Flush, Kind, Rows, Size, customer_id, second_of, user_number};
use crate::error::Result;

pub(super) const COLUMNS: &[(&str, Kind)] = &[
    ("customer_id", Kind::Text),
    ("respondent", Kind::Text),
    ("answered_at", Kind::Timestamp),
    ("kind", Kind::Text),
    ("score", Kind::Integer),
    ("scale_max", Kind::Integer),
    ("source", Kind::Text),
];

/// The kind of question, its lowest and its highest answer.
const QUESTIONS: &[(u64, (&str, u64, u64))] =
    &[(40, ("nps", 0, 10)), (45, ("csat", 1, 5)), (15, ("ces", 1, 7))];

pub(super) fn write_day(
    company: &Company,
    size: &Size,
    day: Day,
    draw: &mut Draw,
    rows: &mut Rows,
    flush: &mut Flush<'_>,
) -> Result<()> {
    for _ in 0..size.surveys.rows_on(day) {
        let (kind, lowest, highest) = draw.weighted(QUESTIONS);
        let customer = company.buyer(draw, day);
        let satisfaction = customer.map_or(50, |customer| customer.satisfaction());
        // Answers scatter by 20 points around how content the customer is.
        let mood = (satisfaction + draw.below(41)).saturating_sub(20).min(99);
        customer_id(rows, customer.as_ref());
        match &customer {
            Some(customer) => {
                let user = user_number(draw, customer);
                rows.format(format_args!("u{user:03}@c{:06}.example", customer.number()));
            }
            None => rows.null(),
        }
        rows.timestamp(second_of(draw, day));
        rows.text(kind);
        rows.integer(lowest + mood * (highest - lowest + 1) / 100);
        rows.integer(highest);
        rows.text("desk");
        flush(rows)?;
    }
    Ok(())
}
