//! The keys of a project file: one list for the parser, for the JSON Schema, and for the test of the documentation.

use super::choice::{AllocationMethod, MatchRule, Recognition, SERVICE_PARTS, names};

/// A key of a section.
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) required: bool,
    /// What it means; an editor shows it.
    pub(super) description: &'static str,
}

/// What the value of a key is.
pub(super) enum Kind {
    Text,
    Currency,
    Date,
    Month,
    Integer {
        min: u32,
        max: u32,
    },
    Amount,
    Choice(fn() -> Vec<&'static str>),
    Choices(fn() -> Vec<&'static str>),
    /// One path or several, with patterns.
    Paths,
    /// A positive number, or a table from months to positive numbers.
    Capacity,
    /// A table from pools to positive numbers.
    Feeds,
    /// A table from names to values or lists of them.
    Options,
    /// Texts by name, by name of a table.
    Headers,
    /// A table from names to SQL files.
    Views,
    Section(&'static [Key]),
    Sections(&'static [Key]),
    /// A table from names to sections; these take more keys than are listed, each for the files of one table.
    Sources(&'static [Key]),
}

const fn optional(name: &'static str, kind: Kind, description: &'static str) -> Key {
    Key { name, kind, required: false, description }
}

const fn required(name: &'static str, kind: Kind, description: &'static str) -> Key {
    Key { name, kind, required: true, description }
}

/// The sections of the file.
pub(super) const FILE: &[Key] = &[
    required("project", Kind::Section(PROJECT), "What the whole project has in common."),
    optional(
        "sources",
        Kind::Sources(SOURCE),
        "The systems that the files come from, each under a name of your own.",
    ),
    optional("customers", Kind::Section(CUSTOMERS), "How the customers of all sources become one list."),
    optional("pools", Kind::Sections(POOL), "Shared costs, and how they reach customers."),
    optional("allocation", Kind::Section(ALLOCATION), "How pools that feed other pools are shared out."),
    optional("margins", Kind::Section(MARGINS), "What counts as the cost of service."),
    optional("ledger", Kind::Section(LEDGER), "When revenue counts."),
    optional("health", Kind::Section(HEALTH), "How the health of customers is scored."),
    optional("value", Kind::Section(VALUE), "How customers are valued."),
    optional("fx", Kind::Section(FX), "Exchange rates."),
    optional("controls", Kind::Sections(CONTROL), "Totals known from elsewhere, such as a trial balance."),
    optional("views", Kind::Views, "SQL files that override a view of that name, or add one."),
];

/// `[project]`
pub(super) const PROJECT: &[Key] = &[
    optional("name", Kind::Text, "The name of the project; by default that of its directory."),
    required("currency", Kind::Currency, "The currency of the reports, as three capital letters."),
    optional(
        "fiscal_year_starts",
        Kind::Integer { min: 1, max: 12 },
        "The month in which the fiscal year starts; by default 1.",
    ),
    optional(
        "time_zone",
        Kind::Text,
        "What timestamps without an offset mean, and where days begin; by default UTC.",
    ),
    optional("as_of", Kind::Date, "The day the reports look from; by default today."),
    optional(
        "future_days_max",
        Kind::Integer { min: 0, max: 36_500 },
        "Rows dated more days than this after `as_of` go to quarantine; by default 400.",
    ),
];

/// `[sources.NAME]`, besides the files of its tables.
pub(super) const SOURCE: &[Key] = &[
    required("connector", Kind::Text, "The name of the connector that knows these exports."),
    optional("options", Kind::Options, "Settings of the connector; all of them have defaults."),
    optional(
        "columns",
        Kind::Headers,
        "By table: headers that the connector does not know, and the columns that they mean.",
    ),
];

/// `[customers]`
pub(super) const CUSTOMERS: &[Key] = &[
    optional("master", Kind::Text, "The source whose customers define `customer_id`."),
    optional(
        "crosswalk",
        Kind::Text,
        "A file with the columns source, source_key and customer_id; what it says always wins.",
    ),
    optional(
        "match",
        Kind::Choices(names::<MatchRule>),
        "Rules that match the remaining customers, in this order.",
    ),
];

/// `[[pools]]`
pub(super) const POOL: &[Key] = &[
    required("name", Kind::Text, "The name of the pool."),
    required("where", Kind::Text, "Which costs belong to it, as a SQL condition on `costs`."),
    optional(
        "driver",
        Kind::Text,
        "What its cost is shared by: handle_minutes, interactions, revenue, customers, active_users, or a SQL expression over them.",
    ),
    optional(
        "capacity_minutes",
        Kind::Capacity,
        "The minutes that are paid for in a month, or a table of such numbers by the month from which they hold.",
    ),
    optional("feeds", Kind::Feeds, "The pools that this one serves, in proportions: a service department."),
];

/// `[allocation]`
pub(super) const ALLOCATION: &[Key] = &[optional(
    "method",
    Kind::Choice(names::<AllocationMethod>),
    "How pools that feed each other are resolved; by default direct.",
)];

/// `[margins]`
pub(super) const MARGINS: &[Key] = &[optional(
    "service",
    Kind::Choices(service_parts),
    "The first parts of the cost categories that are service cost; by default support and success.",
)];

/// `[ledger]`
pub(super) const LEDGER: &[Key] = &[optional(
    "recognition",
    Kind::Choice(names::<Recognition>),
    "Whether revenue counts when it is posted or over its service period; by default posted.",
)];

/// `[health]`
pub(super) const HEALTH: &[Key] = &[
    optional(
        "usage",
        Kind::Section(HEALTH_COMPONENT),
        "On how many days the product was used; by default weight 30, worst 0, best 20, in 30 days.",
    ),
    optional(
        "adoption",
        Kind::Section(HEALTH_COMPONENT),
        "The percentage of the features that are used; by default weight 20, worst 0, best 100, in 90 days.",
    ),
    optional(
        "support",
        Kind::Section(HEALTH_COMPONENT),
        "How many interactions with support began; by default weight 20, worst 10, best 0, in 90 days.",
    ),
    optional(
        "survey",
        Kind::Section(HEALTH_COMPONENT),
        "How content the answers to surveys are, from 0 to 100; by default weight 20, worst 0, best 100, in 365 days.",
    ),
    optional(
        "recency",
        Kind::Section(HEALTH_RECENCY),
        "Days since the product was last used; by default weight 10, worst 50, best 0.",
    ),
    optional("bands", Kind::Section(HEALTH_BANDS), "From which score on a customer belongs to a band."),
    optional(
        "completeness_min",
        Kind::Amount,
        "How much of the weights must be known for a band, as a fraction; by default 0.5.",
    ),
];

const WEIGHT: Key =
    optional("weight", Kind::Amount, "How much it counts beside the others; 0 leaves it out.");
const WORST: Key = optional("worst", Kind::Amount, "The value that scores 0.");
const BEST: Key = optional("best", Kind::Amount, "The value that scores 100.");

/// `[health.NAME]`
pub(super) const HEALTH_COMPONENT: &[Key] = &[
    WEIGHT,
    WORST,
    BEST,
    optional(
        "days",
        Kind::Integer { min: 1, max: 36_500 },
        "How many days it looks at, the project's date being the last.",
    ),
];

/// `[health.recency]`, whose value is a number of days.
pub(super) const HEALTH_RECENCY: &[Key] = &[WEIGHT, WORST, BEST];

/// `[health.bands]`
pub(super) const HEALTH_BANDS: &[Key] = &[
    optional("healthy", Kind::Amount, "By default from 80."),
    optional("fair", Kind::Amount, "By default from 60."),
    optional("at_risk", Kind::Amount, "By default from 40; what is below is `critical`."),
];

/// `[value]`
pub(super) const VALUE: &[Key] = &[
    optional(
        "horizon_weeks",
        Kind::Integer { min: 1, max: 5_200 },
        "How many weeks the forecast of purchases looks ahead; by default 52.",
    ),
    optional(
        "discount_rate",
        Kind::Amount,
        "What a margin loses in a year by coming later, as a fraction; by default 0.10.",
    ),
];

/// `[fx]`
pub(super) const FX: &[Key] = &[
    optional("rates", Kind::Text, "A file with the columns currency, to_currency, quoted_on and rate."),
    optional(
        "options",
        Kind::Options,
        "How the file is written, as for a source: `decimal_comma`, `date_order`, …",
    ),
];

/// `[[controls]]`
pub(super) const CONTROL: &[Key] = &[
    required("source", Kind::Text, "The source whose total this is."),
    optional("month", Kind::Month, "The month, as in 2025-03; not for the total of a file."),
    required(
        "what",
        Kind::Text,
        "revenue, costs, a category, or subscriptions: the MRR of contract items that begin in the month. Or a column of \
         the source's files, as table.column: the total of all its rows.",
    ),
    required("amount", Kind::Amount, "The total, in the currency of the source."),
];

fn service_parts() -> Vec<&'static str> {
    SERVICE_PARTS.to_vec()
}

/// Where a key belongs that stands in a wrong section, if it is known.
pub(super) fn home_of(name: &str) -> Option<String> {
    if let Some(section) = FILE.iter().find(|section| section.name == name) {
        return Some(format!("`{name}` is a section of its own, beginning with `{}`", heading(section)));
    }
    let mut homes = FILE.iter().filter(|section| match &section.kind {
        Kind::Section(keys) | Kind::Sections(keys) => keys.iter().any(|key| key.name == name),
        _ => false,
    });
    let home = homes.next()?;
    homes.next().is_none().then(|| format!("`{name}` belongs into `{}`", heading(home)))
}

fn heading(section: &Key) -> String {
    match &section.kind {
        Kind::Sections(_) => format!("[[{}]]", section.name),
        Kind::Sources(_) => format!("[{}.NAME]", section.name),
        _ => format!("[{}]", section.name),
    }
}
