//! The same company as its systems would export it, with their flaws, and the answer that must come out again.
//!
//! `identity` says who a customer is in each system, `flaws` what is wrong with rows; `syspro`, `flexi`,
//! `hubspot`, `drift` and `usage` tell what happened on a day and write it as their system would; `truth`
//! writes the same as canonical tables, and `project` the project file with its control totals.

mod drift;
mod flaws;
mod flexi;
mod hubspot;
mod identity;
mod project;
mod syspro;
mod text;
mod truth;
mod usage;

use std::{ops::Range, path::Path};

use rust_decimal::Decimal;

pub(super) use truth::TruthTable;

use self::text::TextTable;
use super::{
    CreditSign,
    calendar::Day,
    company::{Company, Customer, Money},
    tables::Size,
};
use crate::error::Result;

/// What all exports are made from.
#[derive(Clone, Copy)]
pub(super) struct World<'a> {
    pub company: &'a Company,
    pub size: &'a Size,
    pub credits: CreditSign,
}

impl World<'_> {
    /// What the stored amount of a credit note is multiplied with.
    fn credit_sign(&self) -> Money {
        match self.credits {
            CreditSign::Negative => 1,
            CreditSign::Positive => -1,
        }
    }
}

/// A file of an export.
pub(super) struct Export {
    /// Its path within the sample's directory, without the ending.
    pub stem: &'static str,
    header: &'static [&'static str],
    delimiter: u8,
    content: Content,
}

/// How the rows of an export are told.
enum Content {
    ByDay(fn(&World<'_>, Day, &mut TextTable) -> Result<()>),
    ByCustomer(fn(&Company, &Customer, &mut TextTable) -> Result<()>),
    Once(fn(&World<'_>, &mut TextTable) -> Result<()>),
}

const fn export(stem: &'static str, header: &'static [&'static str], content: Content) -> Export {
    Export { stem, header, delimiter: b',', content }
}

/// The lines of SYSPRO's sales, the only export that is cut into several files when it is large.
pub(super) const SALES_LINES: Export = export(
    "exports/syspro/ArTrnDetail",
    syspro::sales::LINE_HEADER,
    Content::ByDay(syspro::sales::write_lines),
);

/// What accounts mean, which no system knows: the user writes it beside the exports.
const CATEGORY_HEADER: &[&str] = &["account", "category"];

/// Every other file of text.
pub(super) static EXPORTS: [Export; 31] = [
    export(
        "exports/syspro/ArCustomer",
        syspro::customers::HEADER,
        Content::ByCustomer(syspro::customers::write),
    ),
    export(
        "exports/syspro/ArInvoice",
        syspro::sales::HEADER_HEADER,
        Content::ByDay(syspro::sales::write_headers),
    ),
    export(
        "exports/syspro/GenJournalDetail",
        syspro::journal::HEADER,
        Content::ByDay(syspro::journal::write),
    ),
    export(
        "exports/syspro/GenMaster",
        syspro::journal::ACCOUNT_HEADER,
        Content::Once(|_, table| syspro::journal::write_accounts(table)),
    ),
    export(
        "exports/syspro/accounts",
        CATEGORY_HEADER,
        Content::Once(|_, table| syspro::journal::write_categories(table)),
    ),
    export(
        "exports/syspro/products",
        syspro::sales::PRODUCT_HEADER,
        Content::Once(|_, table| syspro::sales::write_products(table)),
    ),
    export(
        "exports/flexi/adresar",
        flexi::registers::CUSTOMER_HEADER,
        Content::ByCustomer(flexi::registers::write_customer),
    ),
    export(
        "exports/flexi/faktura-vydana",
        flexi::documents::HEADER,
        Content::ByDay(flexi::documents::write_headers),
    ),
    export(
        "exports/flexi/faktura-vydana-polozka",
        flexi::documents::LINE_HEADER,
        Content::ByDay(flexi::documents::write_lines),
    ),
    export(
        "exports/flexi/typ-faktury-vydane",
        flexi::documents::TYPE_HEADER,
        Content::Once(|_, table| flexi::documents::write_types(table)),
    ),
    export("exports/flexi/ucetni-denik", flexi::journal::HEADER, Content::ByDay(flexi::journal::write)),
    export(
        "exports/flexi/ucet",
        flexi::registers::ACCOUNT_HEADER,
        Content::Once(|_, table| flexi::registers::write_accounts(table)),
    ),
    export(
        "exports/flexi/mzda",
        flexi::journal::PAYROLL_HEADER,
        Content::ByDay(flexi::journal::write_payroll),
    ),
    export("exports/flexi/smlouva", flexi::contracts::HEADER, Content::ByCustomer(flexi::contracts::write)),
    export(
        "exports/flexi/smlouva-polozka",
        flexi::contracts::ITEM_HEADER,
        Content::ByCustomer(flexi::contracts::write_items),
    ),
    export(
        "exports/flexi/kurz",
        flexi::registers::RATE_HEADER,
        Content::Once(|world, table| {
            flexi::registers::write_rates(world.company.seed, &world.company.period, table)
        }),
    ),
    export(
        "exports/flexi/udalost",
        flexi::contracts::VISIT_HEADER,
        Content::ByDay(flexi::contracts::write_visits),
    ),
    export(
        "exports/flexi/accounts",
        CATEGORY_HEADER,
        Content::Once(|_, table| flexi::registers::write_categories(table)),
    ),
    export(
        "exports/flexi/zakazka",
        flexi::registers::ORDER_HEADER,
        Content::ByCustomer(flexi::registers::write_order),
    ),
    Export {
        delimiter: b';',
        ..export(
            "exports/hubspot/companies",
            hubspot::COMPANY_HEADER,
            Content::ByCustomer(hubspot::write_company),
        )
    },
    export("exports/hubspot/tickets", hubspot::TICKET_HEADER, Content::ByDay(hubspot::write_tickets)),
    export(
        "exports/hubspot/ticket_company",
        hubspot::ASSOCIATION_HEADER,
        Content::ByDay(hubspot::write_associations),
    ),
    export(
        "exports/hubspot/feedback_submissions",
        hubspot::SURVEY_HEADER,
        Content::ByDay(hubspot::write_answers),
    ),
    export("exports/drift/accounts", drift::ACCOUNT_HEADER, Content::ByCustomer(drift::write_account)),
    export("exports/drift/contacts", drift::CONTACT_HEADER, Content::ByCustomer(drift::write_contacts)),
    export(
        "exports/drift/conversations",
        drift::CONVERSATION_HEADER,
        Content::ByDay(drift::write_conversations),
    ),
    export("exports/drift/messages", drift::MESSAGE_HEADER, Content::ByDay(drift::write_messages)),
    export("exports/drift/users", drift::USER_HEADER, Content::Once(|_, table| drift::write_users(table))),
    export("exports/usage/usage", usage::HEADER, Content::ByDay(usage::write)),
    export("exports/crosswalk", project::CROSSWALK_HEADER, Content::ByCustomer(project::write_crosswalk)),
    export("exports/rates", project::RATE_HEADER, Content::Once(project::write_rates)),
];

/// The lists of what does not count.
pub(super) static LISTS: [Export; 2] = [
    export("truth/quarantine", project::QUARANTINE_HEADER, Content::ByDay(project::write_quarantine)),
    export("truth/excluded", project::EXCLUDED_HEADER, Content::ByDay(project::write_excluded)),
];

/// Writes a file, or the days of it that belong into one of its parts; tells its rows and bytes.
pub(super) fn write_export(
    world: &World<'_>,
    export: &Export,
    days: Range<Day>,
    path: &Path,
) -> Result<(u64, u64)> {
    let mut table = TextTable::create(path, export.header, export.delimiter)?;
    tell(world, export, days, &mut table)?;
    table.finish()
}

fn tell(world: &World<'_>, export: &Export, days: Range<Day>, table: &mut TextTable) -> Result<()> {
    match export.content {
        Content::ByDay(write) => {
            for day in days {
                write(world, day, table)?;
            }
        }
        Content::ByCustomer(write) => {
            for index in 0..world.company.customers {
                write(world.company, &world.company.customer(index), table)?;
            }
        }
        Content::Once(write) => write(world, table)?,
    }
    Ok(())
}

/// A file of which the project file has totals.
struct Totalled {
    source: &'static str,
    stem: &'static str,
    /// The table that the file is in the project.
    table: &'static str,
    /// The header and the name of each column.
    columns: &'static [(&'static str, &'static str)],
}

const FILE_TOTALS: [Totalled; 8] = [
    Totalled {
        source: "erp",
        stem: SALES_LINES.stem,
        table: "ar_trn_detail",
        columns: &[
            ("NetSalesValue", "net_sales_value"),
            ("TaxValue", "tax_value"),
            ("CostValue", "cost_value"),
        ],
    },
    Totalled {
        source: "erp",
        stem: "exports/syspro/ArInvoice",
        table: "ar_invoice",
        columns: &[("OrigTaxableAmt", "orig_taxable_amt")],
    },
    Totalled {
        source: "erp",
        stem: "exports/syspro/GenJournalDetail",
        table: "gen_journal_detail",
        columns: &[("EntryValue", "entry_value")],
    },
    Totalled {
        source: "flexi",
        stem: "exports/flexi/faktura-vydana",
        table: "faktura_vydana",
        columns: &[("sumZklCelkem", "sum_zkl_celkem"), ("sumCelkem", "sum_celkem")],
    },
    Totalled {
        source: "flexi",
        stem: "exports/flexi/faktura-vydana-polozka",
        table: "faktura_vydana_polozka",
        columns: &[("sumZkl", "sum_zkl")],
    },
    Totalled {
        source: "flexi",
        stem: "exports/flexi/ucetni-denik",
        table: "ucetni_denik",
        columns: &[("sumTuz", "sum_tuz")],
    },
    Totalled {
        source: "flexi",
        stem: "exports/flexi/mzda",
        table: "mzda",
        columns: &[
            ("hrubaMzda", "hruba_mzda"),
            ("socPojFirma", "soc_poj_firma"),
            ("zdravPojFirma", "zdrav_poj_firma"),
        ],
    },
    Totalled {
        source: "flexi",
        stem: "exports/flexi/smlouva-polozka",
        table: "smlouva_polozka",
        columns: &[("cenaCelkem", "cena_celkem")],
    },
];

/// The totals of columns of files: source, `table.column`, total.
fn file_totals(world: &World<'_>) -> Result<Vec<(&'static str, String, Decimal)>> {
    let mut totals = Vec::new();
    for Totalled { source, stem, table, columns } in FILE_TOTALS {
        let export = std::iter::once(&SALES_LINES).chain(&EXPORTS).find(|export| export.stem == stem);
        let Some(export) = export else { continue };
        let headers: Vec<_> = columns.iter().map(|(header, _)| *header).collect();
        let mut rows = TextTable::adding_up(Path::new(stem), export.header, &headers);
        let period = world.company.period;
        tell(world, export, period.first..period.end, &mut rows)?;
        let named = columns.iter().zip(rows.totals());
        totals.extend(named.map(|((_, name), total)| (source, format!("{table}.{name}"), total)));
    }
    Ok(totals)
}

/// Writes the project file; `lines` is where the lines of SYSPRO's sales are.
pub(super) fn write_project(world: &World<'_>, lines: &str, path: &Path) -> Result<(u64, u64)> {
    Ok((0, text::write_text(path, &project::project_file(world, lines)?)?))
}

#[cfg(test)]
mod tests;
