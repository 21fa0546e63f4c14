//! The flaws of rows, and the lists of what does not count because of them.
//!
//! Knows nothing of vendors. Next: `syspro` and the others, which plant them.

use crate::sample::{
    calendar::{Day, Period, is_business_day},
    company::{Company, Customer, Money},
    random::Draw,
};

/// What is wrong with a row, so that it must not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// It stands a second time.
    Duplicate,
    /// Its date lies in 2080.
    FutureDate,
    /// Its date is not a day.
    UnreadableDate,
    /// Its amount is not a number.
    UnreadableAmount,
}

impl Fault {
    /// The faults of documents that hold nothing else.
    pub(super) const JUNK: [Fault; 3] = [Fault::FutureDate, Fault::UnreadableDate, Fault::UnreadableAmount];

    /// The word for it in `truth/quarantine.csv`.
    pub(super) fn reason(self) -> &'static str {
        match self {
            Fault::Duplicate => "duplicate",
            Fault::FutureDate => "future_date",
            Fault::UnreadableDate => "unreadable_date",
            Fault::UnreadableAmount => "unreadable_amount",
        }
    }

    /// How often a row with it stands in the export.
    pub(super) fn times(fault: Option<Fault>) -> u64 {
        if fault == Some(Fault::Duplicate) { 2 } else { 1 }
    }

    /// The date as the export has it, if it is not the true one.
    pub(super) fn date(fault: Option<Fault>) -> Option<&'static str> {
        match fault {
            Some(Fault::FutureDate) => Some("2080-06-15"),
            Some(Fault::UnreadableDate) => Some("2025-02-30"),
            _ => None,
        }
    }

    /// The amount as the export has it, if it is not a number.
    pub(super) fn amount(fault: Option<Fault>) -> Option<&'static str> {
        (fault == Some(Fault::UnreadableAmount)).then_some("12O.50")
    }
}

/// A row that must be quarantined.
pub(super) struct Quarantined<'a> {
    pub table: &'static str,
    pub key: &'a str,
    pub fault: Fault,
    pub column: &'static str,
    pub value: &'a str,
    /// What the row would have counted, in the currency of the source; not known for an unreadable amount.
    pub amount: Option<Money>,
}

/// Money or rows that can be read and do not count.
pub(super) struct Excluded {
    pub table: &'static str,
    pub what: &'static str,
    pub reason: &'static str,
    pub amount: Option<Money>,
}

/// How often each flaw is planted on a day: in the first month and in every sixth after it, on its
/// second business day, more often in a large sample.
pub(super) fn plantings(period: &Period, revenue_rows: u64, day: Day) -> u64 {
    let month = period.month_of(day);
    let business_days = period.days_of_month(month).take_while(|other| *other <= day);
    let is_second =
        is_business_day(day) && business_days.filter(|other| is_business_day(*other)).count() == 2;
    if is_second && month % 6 == 0 { 1 + revenue_rows / 200_000 } else { 0 }
}

/// Some customer with service on the day that fits, found from a drawn one on.
pub(super) fn some_customer(
    company: &Company,
    draw: &mut Draw,
    day: Day,
    fits: impl Fn(&Customer) -> bool,
) -> Option<Customer> {
    let first = draw.below(company.customers);
    (0..company.customers.min(1_000))
        .map(|step| company.customer((first + step) % company.customers))
        .find(|customer| customer.is_active(day) && !customer.is_trial && fits(customer))
}
