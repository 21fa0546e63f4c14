//! `surveys`: one row per answer. Content customers answer well, those who are about to leave do not.

use super::{Company, Customer, Day, Draw, Flush, Kind, Rows, Size, customer_id, second_of, user_number};
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
    each_answer(company, size, day, draw, |answer| {
        customer_id(rows, answer.customer.as_ref());
        match &answer.customer {
            Some(customer) => {
                rows.format(format_args!("u{:03}@c{:06}.example", answer.user, customer.number()));
            }
            None => rows.null(),
        }
        rows.timestamp(answer.answered);
        rows.text(answer.kind);
        rows.integer(answer.score);
        rows.integer(answer.highest);
        rows.text("desk");
        flush(rows)
    })
}

/// One answer to a survey.
pub(in crate::sample) struct Answer {
    pub customer: Option<Customer>,
    pub user: u64,
    pub answered: i64,
    pub kind: &'static str,
    pub score: u64,
    pub highest: u64,
}

/// Tells the answers of a day.
pub(in crate::sample) fn each_answer(
    company: &Company,
    size: &Size,
    day: Day,
    draw: &mut Draw,
    mut tell: impl FnMut(&Answer) -> Result<()>,
) -> Result<()> {
    for _ in 0..size.surveys.rows_on(day) {
        let (kind, lowest, highest) = draw.weighted(QUESTIONS);
        let customer = company.buyer(draw, day);
        let satisfaction = customer.map_or(50, |customer| customer.satisfaction());
        // Answers scatter by 20 points around how content the customer is.
        let mood = (satisfaction + draw.below(41)).saturating_sub(20).min(99);
        let user = customer.map_or(0, |customer| user_number(draw, &customer));
        let answered = second_of(draw, day);
        let score = lowest + mood * (highest - lowest + 1) / 100;
        tell(&Answer { customer, user, answered, kind, score, highest })?;
    }
    Ok(())
}
