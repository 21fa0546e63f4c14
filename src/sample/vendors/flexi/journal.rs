//! `ucetni-denik` and `mzda`: the journal with debit and credit on the same row, and the payroll behind its wages.

use super::{DocumentKind, documents::is_posted, each_document};
use crate::{
    error::Result,
    sample::{
        calendar::{Day, date_of},
        company::{Customer, Money, ONE},
        contract::round_to,
        tables::{Table, costs},
        vendors::{
            World,
            flaws::{Excluded, plantings},
            identity::{flexi_order, flexi_relation, is_in_flexi, legal_name},
            syspro::journal::is_in_flexi as is_flexi_account,
            text::TextTable,
        },
    },
};

pub(in crate::sample::vendors) const HEADER: &[&str] = &[
    "idUcetniDenik",
    "lastUpdate",
    "datVyst",
    "datUcto",
    "doklad",
    "postingPeriod",
    "firma",
    "nazFirmy",
    "popis",
    "varSym",
    "kurz",
    "kurzMnozstvi",
    "mena",
    "modulK",
    "sumTuz",
    "sumMen",
    "stredisko",
    "zakazka",
    "mdUcet",
    "dalUcet",
    "zuctovano",
    "vatItem",
];

pub(in crate::sample::vendors) const PAYROLL_HEADER: &[&str] = &[
    "rok",
    "mesic",
    "stredisko",
    "osoba",
    "hrubaMzda",
    "socPojFirma",
    "zdravPojFirma",
    "dobaFond",
    "dobaOdpr",
    "prescasHodiny",
];

/// The account in the group's books, the Czech one, its category and its cost centre.
pub(super) const EXPENSES: [(&str, &str, &str, &str); 10] = [
    ("6200", "521100", "support.salaries", "PODPORA"),
    ("6210", "524100", "support.benefits", "PODPORA"),
    ("6220", "518300", "support.training", "PODPORA"),
    ("6230", "518400", "support.software", "PODPORA"),
    ("6240", "518500", "support.infrastructure", "PODPORA"),
    ("6290", "518900", "support.other", "PODPORA"),
    ("6280", "518910", "support.other", "PODPORA"),
    ("6300", "521200", "success.salaries", "PECE"),
    ("6330", "518410", "success.software", "PECE"),
    ("6340", "512100", "success.travel", "PECE"),
];
const ONBOARDING: (&str, &str, &str, &str) = ("6350", "518600", "success.onboarding", "PECE");

/// Crowns for a dollar in the books of costs; the reporting rate is another matter.
const CROWNS_PER_DOLLAR: Money = 23;

/// A cost of the truth, in CZK.
pub(in crate::sample::vendors) struct Cost {
    pub account: &'static str,
    pub category: &'static str,
    pub department: &'static str,
    pub customer: Option<Customer>,
    pub amount: Money,
}

/// A row of the journal.
struct Entry<'a> {
    number: u64,
    document: &'a str,
    module: &'static str,
    /// Who was invoiced; the company on a cost would be the supplier.
    customer: Option<&'a Customer>,
    /// Whose order a cost is booked on.
    order_of: Option<&'a Customer>,
    department: &'static str,
    amount: Money,
    debit: &'a str,
    credit: &'a str,
    is_posted: bool,
    is_vat: bool,
}

pub(super) fn expenses() -> impl Iterator<Item = (&'static str, &'static str, &'static str, &'static str)> {
    EXPENSES.into_iter().chain([ONBOARDING])
}

/// Tells the costs of a day; a planted refund is negative.
pub(in crate::sample::vendors) fn each_cost(
    world: &World<'_>,
    day: Day,
    mut tell: impl FnMut(&Cost) -> Result<()>,
) -> Result<()> {
    let mut draw = Table::Costs.draw(world.company, day);
    costs::each_line(world.company, world.size, day, &mut draw, |line| {
        if !is_flexi_account(line.cost.account) {
            return Ok(());
        }
        let found = expenses().find(|(account, ..)| *account == line.cost.account);
        let (_, account, category, department) = found.unwrap_or(EXPENSES[5]);
        // The subsidiary knows its own customers only; what others cause is shared there.
        let customer = line.customer.copied().filter(is_in_flexi);
        let amount = round_to(line.amount, 100) * CROWNS_PER_DOLLAR;
        tell(&Cost { account, category, department, customer, amount })
    })?;
    for _ in 0..plantings(&world.company.period, world.size.revenue_rows, day) {
        let amount = -1_150 * ONE;
        let (account, category, department) = ("518400", "support.software", "PODPORA");
        tell(&Cost { account, category, department, customer: None, amount })?;
    }
    Ok(())
}

fn is_payroll(account: &str) -> bool {
    account.starts_with("52")
}

fn each_entry(world: &World<'_>, day: Day, mut tell: impl FnMut(&Entry<'_>) -> Result<()>) -> Result<()> {
    let day_number = u64::try_from(day - world.company.period.first).unwrap_or(0) + 1;
    let mut number = day_number * 10_000_000;
    let mut post = |entry: Entry<'_>| {
        number += 1;
        tell(&Entry { number, ..entry })
    };
    let received = format!("PF{day_number:06}");
    each_cost(world, day, |cost| {
        let entry = |amount: Money, is_vat| {
            let (debit, credit) = match (is_payroll(cost.account), amount < 0) {
                (true, _) => (cost.account, "331000"),
                (false, false) => (cost.account, "321000"),
                (false, true) => ("321000", cost.account),
            };
            Entry {
                number: 0,
                document: &received,
                module: if is_payroll(cost.account) { "PHL" } else { "FAP" },
                customer: None,
                order_of: cost.customer.as_ref(),
                department: cost.department,
                amount: amount.abs(),
                debit,
                credit,
                is_posted: true,
                is_vat,
            }
        };
        post(entry(cost.amount, false))?;
        match vat_of(cost) {
            Some((account, tax)) => post(Entry { debit: account, ..entry(tax, true) }),
            None => Ok(()),
        }
    })?;
    for _ in 0..plantings(&world.company.period, world.size.revenue_rows, day) {
        post(Entry {
            number: 0,
            document: &received,
            module: "FAP",
            customer: None,
            order_of: None,
            department: "PODPORA",
            amount: UNPOSTED,
            debit: "",
            credit: "",
            is_posted: false,
            is_vat: false,
        })?;
    }
    each_document(world, day, |document| {
        if !is_posted(document) {
            return Ok(());
        }
        for line in &document.lines {
            let (debit, credit) = match (document.kind, line.is_deduction) {
                (DocumentKind::AdvanceTax, _) => ("311000", "324000"),
                (_, true) => ("324000", "311000"),
                _ => ("311000", line.account),
            };
            let entry = |amount, credit, is_vat| Entry {
                number: 0,
                document: &document.code,
                module: "FAV",
                customer: document.customer.as_ref(),
                order_of: None,
                department: "PRAHA",
                amount,
                debit,
                credit,
                is_posted: true,
                is_vat,
            };
            let net = if line.is_deduction { line.net.abs() } else { line.net };
            post(entry(net, credit, false))?;
            if line.tax != 0 {
                post(entry(line.tax, "343000", true))?;
            }
        }
        Ok(())
    })
}

/// What a row that is not posted yet will come to.
const UNPOSTED: Money = 2_070 * ONE;

/// The VAT of a purchase and its account; what training costs cannot be deducted, and stands on the expense account.
fn vat_of(cost: &Cost) -> Option<(&'static str, Money)> {
    let is_bought = !is_payroll(cost.account) && cost.amount > 0;
    let account = if cost.account == "518300" { cost.account } else { "343000" };
    is_bought.then(|| (account, round_to(cost.amount / 100 * 21, 100)))
}

/// Writes the journal of a day.
pub(in crate::sample::vendors) fn write(world: &World<'_>, day: Day, table: &mut TextTable) -> Result<()> {
    let date = date_of(day);
    each_entry(world, day, |entry| {
        let day_text = super::super::text::IsoDate(day);
        table
            .number(entry.number)
            .format(format_args!("{day_text}T18:00:00.000+01:00"))
            .date(day)
            .date(day)
            .text(entry.document)
            .format(format_args!("{}/{:02}", date.year, date.month))
            .text(&flexi_relation(entry.customer))
            .text(&entry.customer.map(legal_name).unwrap_or_default())
            .text(entry.module)
            .blank()
            .text("1.0")
            .text("1")
            .text("code:CZK")
            .text(entry.module)
            .money(entry.amount)
            .text("0.0")
            .format(format_args!("code:{}", entry.department));
        match entry.order_of {
            Some(customer) => table.format(format_args!("code:{}", flexi_order(customer))),
            None => table.blank(),
        };
        for account in [entry.debit, entry.credit] {
            match account {
                "" => table.blank(),
                account => table.format(format_args!("code:{account}")),
            };
        }
        table.boolean(entry.is_posted).boolean(entry.is_vat);
        table.end()
    })
}

/// Tells what stands in the journal of a day and is no cost.
pub(in crate::sample::vendors) fn each_excluded(
    world: &World<'_>,
    day: Day,
    mut tell: impl FnMut(&Excluded) -> Result<()>,
) -> Result<()> {
    let mut exclude = |reason, amount| {
        tell(&Excluded { table: "ucetni_denik", what: "costs", reason, amount: Some(amount) })
    };
    each_cost(world, day, |cost| match vat_of(cost) {
        Some((account, tax)) if account == cost.account => exclude("vat", tax),
        _ => Ok(()),
    })?;
    for _ in 0..plantings(&world.company.period, world.size.revenue_rows, day) {
        exclude("unposted", UNPOSTED)?;
    }
    Ok(())
}

/// Writes the payroll of a day: one row for each wage of the journal, with the insurance that was booked for it.
///
/// Wages and insurance are booked on the last business day only, so a day holds a month.
pub(in crate::sample::vendors) fn write_payroll(
    world: &World<'_>,
    day: Day,
    table: &mut TextTable,
) -> Result<()> {
    let (mut wages, mut insurance) = (Vec::new(), Vec::new());
    each_cost(world, day, |cost| {
        match cost.account {
            "521100" | "521200" => wages.push((cost.department, cost.amount)),
            "524100" => insurance.push(cost.amount),
            _ => {}
        }
        Ok(())
    })?;
    let date = date_of(day);
    for (position, (department, wage)) in wages.into_iter().enumerate() {
        let insured = insurance.get(position).copied().unwrap_or(0);
        // A quarter for health, the rest for the pension, as the rates are.
        let health = round_to(insured / 4, 100);
        table
            .format(format_args!("{}", date.year))
            .format(format_args!("{}", date.month))
            .format(format_args!("code:{department}"))
            .format(format_args!("code:OS{position:05}"))
            .money(wage)
            .money(insured - health)
            .money(health)
            .text("168.0")
            .text("152.0")
            .text("0.0")
            .end()?;
    }
    Ok(())
}
