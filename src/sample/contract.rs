//! Contracts: their yearly terms, prices, renewals, and the invoices they lead to.
//!
//! `subscriptions` and `revenue` are both written from here, so that they tie. Next: `tables`.

use super::{
    calendar::{Day, add_months, month_number},
    company::{Company, Customer, Money, ONE, Trait},
    names::Currency,
    random::mix,
};

/// One year of a contract; the last one may be cut short, or still be running.
#[derive(Debug, Clone, Copy)]
pub(super) struct Term {
    /// 0 is the first year.
    pub year: i32,
    pub start: Day,
    /// The last day of it, once it has ended within the period.
    pub last: Option<Day>,
    /// The price of a month, in the customer's currency.
    pub price: Money,
    /// The price of a month of the module that some customers add at their first renewal.
    pub add_on: Option<Money>,
}

/// What one line of an invoice is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Charge {
    pub category: &'static str,
    pub product: &'static str,
    /// In the customer's currency.
    pub original: Money,
}

/// The charges of a contract that fall due on one day.
#[derive(Debug, Clone, Copy)]
pub(super) struct Invoice {
    charges: [Option<Charge>; 3],
    pub service_from: Day,
    pub service_to: Day,
}

impl Invoice {
    pub(super) fn charges(&self) -> impl Iterator<Item = Charge> + use<'_> {
        self.charges.iter().flatten().copied()
    }
}

/// The terms that began before the period's end; none for a customer that only tries the product.
pub(super) fn terms(company: &Company, customer: Customer) -> impl Iterator<Item = Term> {
    let end = company.period.end.min(customer.churned.unwrap_or(Day::MAX));
    let years = if customer.is_trial { 0 } else { i32::MAX };
    let start_of = move |year: i32| add_months(customer.acquired, 12 * year);
    let period_end = company.period.end;
    let mut price = first_price(&customer);
    (0..years).map(move |year| (year, start_of(year))).take_while(move |(_, start)| *start < end).map(
        move |(year, start)| {
            if year > 0 {
                price = renewed_price(&customer, year, price);
            }
            let next = start_of(year + 1).min(customer.churned.unwrap_or(Day::MAX));
            let last = (next < period_end).then_some(next - 1);
            Term { year, start, last, price, add_on: add_on_price(&customer, year, price) }
        },
    )
}

/// What a customer is invoiced on a day of its contract, if anything falls due.
///
/// The day must be the day of the month on which the contract began.
pub(super) fn invoice(company: &Company, customer: &Customer, day: Day) -> Option<Invoice> {
    if customer.is_trial || !customer.is_active(day) {
        return None;
    }
    let months_since = month_number(day) - month_number(customer.acquired);
    if months_since % customer.billing_months != 0 {
        return None;
    }
    let term = terms(company, *customer).nth(usize::try_from(months_since / 12).unwrap_or(0))?;
    let months = Money::from(customer.billing_months);
    let subscription = term.price * months;
    let maintenance = customer.has_maintenance().then(|| {
        let per_mille = 150 + Money::try_from(customer.trait_below(Trait::MaintenanceRate, 71)).unwrap_or(0);
        round_to(subscription / 1_000 * per_mille, customer.country.currency.smallest)
    });
    Some(Invoice {
        charges: [
            Some(Charge { category: "subscription", product: product_of(customer), original: subscription }),
            term.add_on.map(|price| Charge { category: "upsell", product: ADD_ON, original: price * months }),
            maintenance.map(|original| Charge {
                category: "support.maintenance",
                product: if customer.segment.seats >= 40 {
                    "Premium support 24×7"
                } else {
                    "Standard support"
                },
                original,
            }),
        ],
        service_from: day,
        service_to: add_months(day, customer.billing_months) - 1,
    })
}

/// The module that some customers add.
pub(super) const ADD_ON: &str = "Analytics module";

/// What the invoice calls the customer's plan.
fn product_of(customer: &Customer) -> &'static str {
    match customer.plan() {
        "Starter" => "Starter plan",
        "Team" => "Team plan",
        "Business" => "Business plan",
        _ => "Enterprise plan",
    }
}

/// Dollars for one unit of the currency in a month, in units of 0.00000001: within 2 % of its usual value.
pub(super) fn exchange_rate(company: &Company, currency: &Currency, day: Day) -> i64 {
    if currency.code == "USD" {
        return currency.rate;
    }
    let name = currency.code.bytes().fold(0, |name, byte| name * 256 + u64::from(byte));
    let month = u64::try_from(month_number(day)).unwrap_or(0);
    let per_mille = 980 + i64::try_from(mix(mix(company.seed, name), month) % 41).unwrap_or(20);
    currency.rate / 1_000 * per_mille
}

/// An amount in the reporting currency, rounded half away from zero to 0.0001.
pub(super) fn convert(original: Money, rate: i64) -> Money {
    let product = i128::from(original) * i128::from(rate);
    let half = if product < 0 { -50_000_000 } else { 50_000_000 };
    i64::try_from((product + half) / 100_000_000).unwrap_or(i64::MAX)
}

/// Rounds half away from zero to a multiple of the smallest amount.
pub(super) fn round_to(amount: Money, smallest: Money) -> Money {
    let half = if amount < 0 { -smallest / 2 } else { smallest / 2 };
    (amount + half) / smallest * smallest
}

fn first_price(customer: &Customer) -> Money {
    let currency = &customer.country.currency;
    let factor = Money::try_from(customer.trait_skewed(Trait::Price)).unwrap_or(1_000);
    let price = customer.segment.monthly_price * currency.price_level * ONE / 1_000 * factor;
    round_to(price, currency.smallest)
}

/// Most renewals raise the price a little; some customers grow, some shrink.
fn renewed_price(customer: &Customer, year: i32, price: Money) -> Money {
    let roll = Money::try_from(customer.yearly_below(Trait::Price, year, 1_000_000)).unwrap_or(0);
    let per_mille = match roll % 1_000 {
        0..600 => 1_000 + roll / 1_000 % 81,
        600..750 => 1_200 + roll / 1_000 % 401,
        750..850 => 600 + roll / 1_000 % 251,
        _ => 1_000,
    };
    round_to(price / 1_000 * per_mille, customer.country.currency.smallest)
}

fn add_on_price(customer: &Customer, year: i32, price: Money) -> Option<Money> {
    let wants_it = customer.segment.seats >= 40 && customer.trait_below(Trait::AddOn, 1_000) < 300;
    (year > 0 && wants_it).then(|| round_to(price / 10 * 3, customer.country.currency.smallest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::calendar::Period;

    #[test]
    fn amounts_are_converted_half_away_from_zero() {
        assert_eq!(convert(10_000, 100_000_000), 10_000);
        assert_eq!(convert(1, 50_000_000), 1);
        assert_eq!(convert(-1, 50_000_000), -1);
        assert_eq!(convert(1, 49_999_999), 0);
        assert_eq!(round_to(15_050, 100), 15_100);
        assert_eq!(round_to(-15_050, 100), -15_100);
    }

    #[test]
    fn terms_follow_each_other_without_gap_and_end_with_the_churn() {
        let company = Company::new(42, 2_000, Period::new(24));
        for index in 0..company.customers {
            let customer = company.customer(index);
            let terms: Vec<Term> = terms(&company, customer).collect();
            for pair in terms.windows(2) {
                assert_eq!(pair[0].last, Some(pair[1].start - 1));
            }
            let last = terms.last().map(|term| term.last);
            match (customer.is_trial, customer.churned) {
                (true, _) => assert_eq!(last, None),
                (false, Some(churned)) => assert_eq!(last, Some(Some(churned - 1))),
                (false, None) => assert_eq!(last, Some(None)),
            }
        }
    }
}
