//! The made-up company: who its customers are and how they behave.
//!
//! A customer is a pure function of the seed and its number, so that none is kept in memory and any
//! part of any table can be written alone. Knows nothing of columns or files. Next: `contract`, then `tables`.

use super::{
    calendar::{Day, Period, add_months},
    names::{self, COUNTRIES, Country},
    random::{Draw, Shuffle, mix, skewed},
};

/// An amount of money in units of 0.0001.
pub(super) type Money = i64;

/// One unit of a currency.
pub(super) const ONE: Money = 10_000;

/// A kind of customer, and what is typical of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Segment {
    pub name: &'static str,
    pub seats: u64,
    /// What the median customer pays a month, in whole dollars.
    pub monthly_price: i64,
    /// Size of its other orders, in thousandths of the list price.
    pub order_size: i64,
    /// Of 1,000 customers, how many leave within a year.
    churn: u64,
    /// Of 1,000 customers, how many have a maintenance contract.
    maintenance: u64,
    /// Of 1,000 customers, how many pay by the month; and by the quarter; the rest by the year.
    pays_monthly: u64,
    pays_quarterly: u64,
    plans: [&'static str; 2],
}

const STARTUP: Segment = Segment {
    name: "Startup",
    seats: 3,
    monthly_price: 90,
    order_size: 250,
    churn: 300,
    maintenance: 0,
    pays_monthly: 900,
    pays_quarterly: 0,
    plans: ["Starter", "Team"],
};
const SMALL_BUSINESS: Segment = Segment {
    name: "SMB",
    seats: 8,
    monthly_price: 320,
    order_size: 500,
    churn: 180,
    maintenance: 250,
    pays_monthly: 750,
    pays_quarterly: 0,
    plans: ["Team", "Business"],
};
const MID_MARKET: Segment = Segment {
    name: "Mid-Market",
    seats: 40,
    monthly_price: 1_800,
    order_size: 1_100,
    churn: 100,
    maintenance: 650,
    pays_monthly: 450,
    pays_quarterly: 300,
    plans: ["Business", "Enterprise"],
};
const ENTERPRISE: Segment = Segment {
    name: "Enterprise",
    seats: 250,
    monthly_price: 7_500,
    order_size: 2_400,
    churn: 50,
    maintenance: 900,
    pays_monthly: 0,
    pays_quarterly: 350,
    plans: ["Enterprise", "Enterprise"],
};
const PUBLIC_SECTOR: Segment = Segment {
    name: "Public Sector",
    seats: 60,
    monthly_price: 1_200,
    order_size: 800,
    churn: 40,
    maintenance: 800,
    pays_monthly: 0,
    pays_quarterly: 200,
    plans: ["Business", "Business"],
};

/// One customer, with everything that does not change from day to day.
#[derive(Debug, Clone, Copy)]
pub(super) struct Customer {
    pub index: u64,
    pub segment: &'static Segment,
    pub country: &'static Country,
    pub acquired: Day,
    /// The first day without service, if it lies in the period.
    pub churned: Option<Day>,
    /// Tries the product: writes tickets, pays nothing.
    pub is_trial: bool,
    /// The months that one invoice covers: 1, 3 or 12.
    pub billing_months: i32,
    key: u64,
}

/// Independent traits of one customer; each is a position in its stream of mixed numbers.
#[derive(Debug, Clone, Copy)]
pub(super) enum Trait {
    Segment,
    Country,
    Acquisition,
    Billing,
    Trial,
    Churn,
    Price,
    Maintenance,
    MaintenanceRate,
    AddOn,
    Parent,
    Plan,
    Owner,
    Industry,
    Channel,
    Satisfaction,
    Name,
}

impl Customer {
    /// A number from 0 to before `bound` that belongs to this customer.
    pub(super) fn trait_below(&self, which: Trait, bound: u64) -> u64 {
        mix(self.key, which as u64) % bound
    }

    /// The same for something that happens once in each year of the contract.
    pub(super) fn yearly_below(&self, which: Trait, year: i32, bound: u64) -> u64 {
        mix(self.key, which as u64 + 100 * u64::try_from(year + 1).unwrap_or(0)) % bound
    }

    /// A log-normal factor in thousandths that belongs to this customer.
    pub(super) fn trait_skewed(&self, which: Trait) -> u64 {
        skewed(mix(self.key, which as u64))
    }

    /// Whether the customer has service on the day.
    pub(super) fn is_active(&self, day: Day) -> bool {
        self.acquired <= day && self.churned.is_none_or(|churned| day < churned)
    }

    /// Whether it has a maintenance contract.
    pub(super) fn has_maintenance(&self) -> bool {
        self.trait_below(Trait::Maintenance, 1_000) < self.segment.maintenance
    }

    /// The number in its id, from 1.
    pub(super) fn number(&self) -> u64 {
        self.index + 1
    }

    /// Its name.
    pub(super) fn name(&self) -> String {
        names::company_name(self.country, self.trait_below(Trait::Name, u64::MAX))
    }

    /// Its plan.
    pub(super) fn plan(&self) -> &'static str {
        if self.is_trial {
            return "Trial";
        }
        self.segment.plans[usize::from(self.trait_below(Trait::Plan, 4) == 0)]
    }

    /// How content it is, from 0 to 99; those who leave are less so.
    pub(super) fn satisfaction(&self) -> u64 {
        let content = 25 + self.trait_below(Trait::Satisfaction, 75);
        if self.churned.is_some() { content.saturating_sub(35) } else { content }
    }
}

/// Everything that the tables have in common.
#[derive(Debug, Clone)]
pub(super) struct Company {
    pub seed: u64,
    pub customers: u64,
    pub period: Period,
    by_size: Shuffle,
    by_noise: Shuffle,
}

/// How often a customer is drawn anew when the one drawn has no service on the day.
const TRIES: u32 = 8;

impl Company {
    pub(super) fn new(seed: u64, customers: u64, period: Period) -> Self {
        Self {
            seed,
            customers,
            period,
            by_size: Shuffle::new(customers, mix(seed, 1)),
            by_noise: Shuffle::new(customers, mix(seed, 2)),
        }
    }

    /// The customer with this number, from 0.
    pub(super) fn customer(&self, index: u64) -> Customer {
        let key = mix(mix(self.seed, 3), index);
        let mut customer = Customer {
            index,
            segment: &SMALL_BUSINESS,
            country: &COUNTRIES[0],
            acquired: 0,
            churned: None,
            is_trial: false,
            billing_months: 12,
            key,
        };
        customer.segment = self.segment(&customer);
        customer.country = names::country_of(customer.trait_below(Trait::Country, u64::MAX));
        customer.acquired = self.acquired(&customer);
        customer.is_trial = customer.trait_below(Trait::Trial, 1_000) < 30;
        let billing = customer.trait_below(Trait::Billing, 1_000);
        customer.billing_months = match billing {
            monthly if monthly < customer.segment.pays_monthly => 1,
            quarterly if quarterly < customer.segment.pays_monthly + customer.segment.pays_quarterly => 3,
            _ => 12,
        };
        customer.churned = self.churned(&customer);
        customer
    }

    /// The customer whose parent company buys too, if it has one.
    pub(super) fn parent(&self, customer: &Customer) -> Option<u64> {
        let rank = self.by_size.position_of(customer.index);
        let large = (self.customers / 25).max(1);
        let has_parent = rank >= large && customer.trait_below(Trait::Parent, 1_000) < 40;
        has_parent.then(|| self.by_size.item_at(customer.trait_below(Trait::Parent, large)))
    }

    /// Somebody who buys on the day: large customers more often. `None` if nobody was found.
    pub(super) fn buyer(&self, draw: &mut Draw, day: Day) -> Option<Customer> {
        self.active(
            draw,
            day,
            |draw| self.by_size.item_at(draw.zipf(self.customers)),
            |customer| !customer.is_trial,
        )
    }

    /// Somebody who needs help on the day: half of the effort follows size, the other half a few
    /// noisy customers of any size, which is what makes some of them unprofitable.
    pub(super) fn caller(&self, draw: &mut Draw, day: Day) -> Option<Customer> {
        let next = |draw: &mut Draw| {
            let shuffle = if draw.chance(500) { self.by_size } else { self.by_noise };
            shuffle.item_at(draw.zipf(self.customers))
        };
        self.active(draw, day, next, |_| true)
    }

    /// Somebody who works with the product on the day; rarely one who leaves within 90 days.
    pub(super) fn worker(&self, draw: &mut Draw, day: Day) -> Option<Customer> {
        let customer = self.buyer(draw, day)?;
        let leaves_soon = customer.churned.is_some_and(|churned| churned - day < 90);
        if leaves_soon && draw.chance(650) { self.buyer(draw, day) } else { Some(customer) }
    }

    fn active(
        &self,
        draw: &mut Draw,
        day: Day,
        mut next: impl FnMut(&mut Draw) -> u64,
        fits: impl Fn(&Customer) -> bool,
    ) -> Option<Customer> {
        (0..TRIES)
            .map(|_| self.customer(next(draw)))
            .find(|customer| customer.is_active(day) && fits(customer))
    }

    fn segment(&self, customer: &Customer) -> &'static Segment {
        let rank = self.by_size.position_of(customer.index);
        let share = rank * 1_000 / self.customers;
        if share < 700 && customer.trait_below(Trait::Segment, 1_000) < 60 {
            return &PUBLIC_SECTOR;
        }
        match share {
            0..40 => &ENTERPRISE,
            40..200 => &MID_MARKET,
            200..700 => &SMALL_BUSINESS,
            _ => &STARTUP,
        }
    }

    /// Two thirds were won in the four years before the period, the others in its course.
    fn acquired(&self, customer: &Customer) -> Day {
        // Contracts begin on a day that every month has; `customers_billed_on` relies on this pattern.
        let day = i32::try_from(customer.index % 28).unwrap_or(0);
        let roll = customer.trait_below(Trait::Acquisition, 3 * 48);
        let months = if roll < 2 * 48 {
            -1 - i32::try_from(roll / 2).unwrap_or(0)
        } else {
            let months = u64::try_from(self.period.months).unwrap_or(1);
            i32::try_from(customer.trait_below(Trait::Acquisition, 48 * 61 * months) % months).unwrap_or(0)
        };
        add_months(self.period.first, months) + day
    }

    /// Monthly payers leave at the end of any month, the others at the end of a contract year.
    /// Whoever would have left before the period is taken to have stayed: the company forgot the others.
    fn churned(&self, customer: &Customer) -> Option<Day> {
        if customer.is_trial {
            return None;
        }
        for year in 0.. {
            if add_months(customer.acquired, 12 * year) >= self.period.end {
                return None;
            }
            if customer.yearly_below(Trait::Churn, year, 1_000) >= customer.segment.churn {
                continue;
            }
            let month = match customer.billing_months {
                1 => 1 + i32::try_from(customer.yearly_below(Trait::Billing, year, 12)).unwrap_or(0),
                _ => 12,
            };
            let churned = add_months(customer.acquired, 12 * year + month);
            if churned > self.period.first {
                return (churned < self.period.end).then_some(churned);
            }
        }
        None
    }

    /// The customers whose contract began on this day of a month, and who are invoiced on it.
    pub(super) fn customers_billed_on(&self, day_of_month: i32) -> impl Iterator<Item = Customer> + use<'_> {
        let first = u64::try_from(day_of_month - 1).unwrap_or(0);
        // Days 29 to 31 have nobody.
        let end = if first < 28 { self.customers } else { 0 };
        (first..end).step_by(28).map(|index| self.customer(index))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::calendar::date_of;

    fn company() -> Company {
        Company::new(42, 5_000, Period::new(24))
    }

    #[test]
    fn customers_differ_as_planned() {
        let company = company();
        let customers: Vec<Customer> = (0..company.customers).map(|index| company.customer(index)).collect();
        let count = |fits: &dyn Fn(&Customer) -> bool| customers.iter().filter(|c| fits(c)).count();
        assert!((150..250).contains(&count(&|c| c.segment.name == "Enterprise")));
        assert!((100..200).contains(&count(&|c| c.is_trial)));
        assert!((500..1_500).contains(&count(&|c| c.churned.is_some())));
        assert!((1_300..2_000).contains(&count(&|c| c.acquired >= company.period.first)));
        assert!(count(&|c| c.churned.is_some_and(|day| day <= c.acquired || day >= company.period.end)) == 0);
    }

    #[test]
    fn every_customer_is_billed_on_the_day_its_contract_began() {
        let company = company();
        let mut seen = 0;
        for day_of_month in 1..=31 {
            for customer in company.customers_billed_on(day_of_month) {
                assert_eq!(date_of(customer.acquired).day, day_of_month);
                seen += 1;
            }
        }
        assert_eq!(seen, company.customers);
    }

    #[test]
    fn who_is_drawn_has_service_on_that_day() {
        let company = company();
        let mut draw = Draw::new(1, 1, 1);
        for day in company.period.first..company.period.end {
            for _ in 0..5 {
                let buyer = company.buyer(&mut draw, day);
                assert!(buyer.is_none_or(|customer| customer.is_active(day) && !customer.is_trial));
                let caller = company.caller(&mut draw, day);
                assert!(caller.is_none_or(|customer| customer.is_active(day)));
            }
        }
    }
}
