//! `interactions`: one row per ticket, chat or call and customer; a few concern two or three customers.

use super::{Company, Customer, Date, Day, Draw, Flush, Kind, Rows, Size, customer_id, date_of, second_of};
use crate::{
    error::Result,
    sample::names::{AGENTS, pick},
};

pub(super) const COLUMNS: &[(&str, Kind)] = &[
    ("interaction_id", Kind::Text),
    ("customer_id", Kind::Text),
    ("share", Kind::Share),
    ("channel", Kind::Text),
    ("opened_at", Kind::Timestamp),
    ("first_response_at", Kind::Timestamp),
    ("closed_at", Kind::Timestamp),
    ("handle_minutes", Kind::Money),
    ("handle_method", Kind::Text),
    ("category", Kind::Text),
    ("priority", Kind::Text),
    ("agent", Kind::Text),
    ("status", Kind::Text),
    ("source", Kind::Text),
];

/// The share of a whole interaction, in units of 0.000001.
const WHOLE: i64 = 1_000_000;

const CHANNELS: &[(u64, &str)] = &[(50, "email"), (25, "chat"), (15, "phone"), (10, "portal")];
const METHODS: &[(u64, &str)] =
    &[(60, "measured"), (15, "messages"), (10, "stages"), (10, "standard"), (5, "elapsed")];
/// How urgent, and how many minutes the median first answer takes.
const PRIORITIES: &[(u64, (&str, u64))] =
    &[(25, ("low", 240)), (50, ("normal", 90)), (20, ("high", 30)), (5, ("urgent", 8))];
/// What about, and how many minutes of work the median one takes.
const TOPICS: &[(u64, (&str, u64))] = &[
    (34, ("how_to", 20)),
    (14, ("billing", 15)),
    (22, ("incident", 60)),
    (14, ("bug", 75)),
    (6, ("onboarding", 90)),
    (10, ("feature_request", 15)),
];

/// One interaction, before it is divided among its customers.
pub(in crate::sample) struct Interaction {
    pub number: u64,
    pub channel: &'static str,
    pub opened: i64,
    pub answered: Option<i64>,
    pub closed: Option<i64>,
    /// Minutes of work in units of 0.0001.
    handled: i64,
    method: &'static str,
    pub topic: &'static str,
    pub priority: &'static str,
    pub agent: &'static str,
}

pub(super) fn write_day(
    company: &Company,
    size: &Size,
    day: Day,
    draw: &mut Draw,
    rows: &mut Rows,
    flush: &mut Flush<'_>,
) -> Result<()> {
    each_interaction(company, size, day, draw, |interaction, customers| {
        for (position, customer) in customers.iter().enumerate() {
            let parts = i64::try_from(customers.len()).unwrap_or(1);
            // What does not divide evenly goes to the first customer, so that shares add to 1 and minutes to all.
            let part_of = |whole: i64| whole / parts + if position == 0 { whole % parts } else { 0 };
            let (share, handled) = (part_of(WHOLE), part_of(interaction.handled));
            write_row(interaction, customer.as_ref(), share, handled, day, rows);
            flush(rows)?;
        }
        Ok(())
    })
}

/// Tells the interactions of a day and whom each concerns; there is always one entry, perhaps of nobody known.
pub(in crate::sample) fn each_interaction(
    company: &Company,
    size: &Size,
    day: Day,
    draw: &mut Draw,
    mut tell: impl FnMut(&Interaction, &[Option<Customer>]) -> Result<()>,
) -> Result<()> {
    let mut left = size.interactions.rows_on(day);
    let mut number = 0;
    while left > 0 {
        number += 1;
        let interaction = drawn(company, day, number, draw);
        let customers = concerned(company, day, left, draw);
        tell(&interaction, &customers)?;
        left -= customers.len() as u64;
    }
    Ok(())
}

/// Whom an interaction concerns: mostly one customer, sometimes two or three, sometimes nobody that is known.
fn concerned(company: &Company, day: Day, most: u64, draw: &mut Draw) -> Vec<Option<Customer>> {
    let wanted = draw.weighted(&[(960, 1), (20, 2), (8, 3), (12, 0)]).min(most);
    let mut customers: Vec<Option<Customer>> = Vec::new();
    for _ in 0..wanted {
        let customer = company.caller(draw, day);
        let is_new =
            customer.is_some_and(|new| customers.iter().flatten().all(|known| known.index != new.index));
        if is_new {
            customers.push(customer);
        }
    }
    if customers.is_empty() {
        customers.push(None);
    }
    customers
}

fn drawn(company: &Company, day: Day, number: u64, draw: &mut Draw) -> Interaction {
    let end = i64::from(company.period.end) * 86_400;
    let opened = second_of(draw, day);
    let (priority, answer_minutes) = draw.weighted(PRIORITIES);
    let (topic, work_minutes) = draw.weighted(TOPICS);
    let method = draw.weighted(METHODS);
    let seconds = |minutes: u64, factor: u64| i64::try_from(minutes * factor * 60 / 1_000).unwrap_or(0);
    let answered = opened + seconds(answer_minutes, draw.skewed());
    let closed = answered + seconds(work_minutes * 12, draw.skewed());
    // A standard time is a whole number of minutes; what is measured has tenths.
    let tenths = match method {
        "standard" => work_minutes * 10,
        _ => (work_minutes * draw.skewed() / 100).max(5),
    };
    let is_abandoned = draw.chance(10);
    Interaction {
        number,
        channel: draw.weighted(CHANNELS),
        opened,
        answered: (!is_abandoned && answered < end).then_some(answered),
        closed: (closed < end).then_some(closed),
        handled: i64::try_from(tenths * 1_000).unwrap_or(0),
        method,
        topic,
        priority,
        agent: pick(AGENTS, draw.below(AGENTS.len() as u64)),
    }
}

fn write_row(
    interaction: &Interaction,
    customer: Option<&Customer>,
    share: i64,
    handled: i64,
    opened_on: Day,
    rows: &mut Rows,
) {
    let Date { year, month, day } = date_of(opened_on);
    rows.format(format_args!("T-{year}{month:02}{day:02}-{:05}", interaction.number));
    customer_id(rows, customer);
    rows.units(share);
    rows.text(interaction.channel);
    rows.timestamp(interaction.opened);
    for time in [interaction.answered, interaction.closed] {
        match time {
            Some(time) => rows.timestamp(time),
            None => rows.null(),
        }
    }
    rows.units(handled);
    rows.text(interaction.method);
    rows.text(interaction.topic);
    rows.text(interaction.priority);
    rows.text(interaction.agent);
    rows.text(if interaction.closed.is_some() { "closed" } else { "open" });
    rows.text(if interaction.channel == "chat" { "chat" } else { "desk" });
}
