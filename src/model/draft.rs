//! The text of a new project file, with the reasons for every line as comments.
//!
//! What follows from the exports is written, what only the user can know is a comment that shows how to say it.

use std::fmt::Write as _;

use super::looks::TwoReadings;

/// A new project.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// The currency of the reports, and why; none if the exports do not tell.
    pub currency: Option<(String, String)>,
    /// The systems; the first ones are the books.
    pub sources: Vec<DraftSource>,
    /// The file of exchange rates.
    pub rates: Option<DraftTable>,
    /// How the rates write their decimals.
    pub rates_decimals: DraftDecimals,
    /// The source whose customers define `customer_id`.
    pub master: Option<String>,
    /// The crosswalk.
    pub crosswalk: Option<DraftTable>,
    /// The rules that find customers, and how many they find.
    pub rules: Vec<(String, u64)>,
    /// The categories of the costs.
    pub cost_categories: Vec<String>,
    /// The canonical tables that the sources give.
    pub provided: Vec<String>,
    /// What was not recognised, each as one line.
    pub left_out: Vec<String>,
}

/// A system.
#[derive(Debug, Clone, Default)]
pub struct DraftSource {
    /// Its name.
    pub name: String,
    /// The connector.
    pub connector: String,
    /// The vendor's name.
    pub title: String,
    /// The files of its tables.
    pub tables: Vec<DraftTable>,
    /// The currency of its amounts, and why.
    pub currency: Option<(String, String)>,
    /// Dates that can be read in two ways: file, header and both readings.
    pub dates: Vec<(String, String, TwoReadings)>,
    /// How its numbers are written.
    pub decimals: DraftDecimals,
}

/// How the first numbers of files are written, each with an example and where it stands.
#[derive(Debug, Clone, Default)]
pub struct DraftDecimals {
    /// A number with a comma before its decimals.
    pub comma: Option<String>,
    /// A number with a point before its decimals.
    pub point: Option<String>,
}

impl DraftDecimals {
    /// Whether a comma stands before decimals, everywhere.
    pub fn is_comma(&self) -> bool {
        self.comma.is_some() && self.point.is_none()
    }

    /// The reason for what is written, or left to the user.
    fn write(&self, text: &mut String) {
        match (&self.comma, &self.point) {
            (Some(comma), None) => {
                line(
                    text,
                    format_args!(
                        "# A comma stands before the decimals of its numbers, as in {}.",
                        one_line(comma)
                    ),
                );
            }
            (Some(comma), Some(point)) => line(
                text,
                format_args!(
                    "# Its numbers are written in two ways, as {} and as {}: a source has one. Make two sources of it,\n# that with commas with `decimal_comma = true` in its options.",
                    one_line(comma),
                    one_line(point)
                ),
            ),
            (None, _) => {}
        }
    }
}

/// The files of a table.
#[derive(Debug, Clone, Default)]
pub struct DraftTable {
    /// The table.
    pub table: String,
    /// Its files.
    pub paths: Vec<String>,
    /// Why, and what else it could be.
    pub notes: Vec<String>,
}

/// A cost category's first part, the driver that usually fits, and the canonical table that the driver needs.
const POOLS: [(&str, &str, &str); 5] = [
    ("support", "handle_minutes", "interactions"),
    ("success", "revenue", "revenue"),
    ("acquisition", "customers", "customers"),
    ("cogs", "active_users", "usage"),
    ("overhead", "revenue", "revenue"),
];

/// The currency where nothing tells it: the file must name one.
const CURRENCY: &str = "USD";

/// Categories that are named in a comment.
const CATEGORIES_MAX: usize = 8;

impl Draft {
    /// The text of the project file.
    pub fn text(&self) -> String {
        let mut text = String::from(
            "# Written by `marginql init` from the headers of the files below this directory, whose paths count from here.\n\
             # Change what is not so: `marginql check` says what does not fit.\n",
        );
        self.project(&mut text);
        self.sources.iter().for_each(|source| source.write(&mut text, self.reporting_currency()));
        self.customers(&mut text);
        self.rates(&mut text);
        self.pools(&mut text);
        self.rest(&mut text);
        text
    }

    /// The currency of the reports.
    pub fn reporting_currency(&self) -> &str {
        self.currency.as_ref().map_or(CURRENCY, |(currency, _)| currency)
    }

    fn project(&self, text: &mut String) {
        let why = match &self.currency {
            Some((_, why)) => format!("# The currency of the reports: {why}."),
            None => "# The currency of the reports. The files do not tell it: is it this one?".to_owned(),
        };
        let currency = quoted(self.reporting_currency());
        line(text, format_args!("\n[project]\n{why}\ncurrency = {currency}"));
        text.push_str(
            "# fiscal_year_starts = 1              # the month\n\
             # time_zone = \"Europe/Prague\"         # what timestamps without an offset mean; by default UTC\n\
             # as_of = 2025-12-31                  # the day the reports look from; by default today\n",
        );
    }

    fn customers(&self, text: &mut String) {
        text.push_str("\n# How the customers of all sources become one list.\n[customers]\n");
        if let Some(master) = &self.master {
            line(
                text,
                format_args!(
                    "master = {}                      # whose numbers are `customer_id`",
                    quoted(master)
                ),
            );
        }
        if let Some(crosswalk) = &self.crosswalk {
            crosswalk.write(text, "crosswalk");
        }
        let rules: Vec<_> = self.rules.iter().map(|(rule, _)| quoted(rule)).collect();
        let found: Vec<_> = self.rules.iter().map(|(rule, found)| format!("{rule} {found}")).collect();
        if rules.is_empty() {
            text.push_str("# match = [\"id\", \"tax_id\", \"domain\", \"name\"]   # rules for customers that the crosswalk does not name\n");
        } else {
            let found = found.join(", ");
            line(
                text,
                format_args!(
                    "# Customers of other sources that each rule finds among the master's: {found}."
                ),
            );
            line(text, format_args!("match = [{}]", rules.join(", ")));
        }
    }

    fn rates(&self, text: &mut String) {
        text.push_str("\n# Exchange rates: currency, to_currency, quoted_on, rate. Rates in the exports are known without it.\n");
        match &self.rates {
            Some(rates) => {
                text.push_str("[fx]\n");
                rates.write(text, "rates");
                self.rates_decimals.write(text);
                if self.rates_decimals.is_comma() {
                    text.push_str("options = { decimal_comma = true }\n");
                }
            }
            None => text.push_str("# [fx]\n# rates = \"rates.csv\"\n"),
        }
    }

    fn pools(&self, text: &mut String) {
        text.push_str("\n# Shared costs, and how they reach customers. The first pool whose condition holds takes a cost; a cost without a\n# pool stays (unallocated). Drivers: handle_minutes, interactions, revenue, customers, active_users, or an expression.\n");
        let shown: Vec<&str> = self.cost_categories.iter().take(CATEGORIES_MAX).map(String::as_str).collect();
        if !shown.is_empty() {
            let more = self.cost_categories.len() - shown.len();
            let more = if more > 0 { format!(", and {more} more") } else { String::new() };
            line(text, format_args!("# The categories of the costs here: {}{more}.", shown.join(", ")));
        }
        let is_there =
            |part: &str| self.cost_categories.iter().any(|category| category.split('.').next() == Some(part));
        let known = POOLS.iter().any(|(part, ..)| is_there(part));
        for (part, driver, needs) in POOLS {
            if known && !is_there(part) || !known && part != "support" {
                continue;
            }
            let has_driver = self.provided.iter().any(|table| table == needs);
            let driver = if has_driver { driver } else { "revenue" };
            // The cost of service is what the margins are about; how the rest reaches customers is the user's to say.
            let is_active = known && ["support", "success"].contains(&part);
            let mark = if is_active { "" } else { "# " };
            line(
                text,
                format_args!(
                    "\n{mark}[[pools]]\n{mark}name = \"{part}\"\n{mark}where = \"category LIKE '{part}.%'\"\n{mark}driver = \"{driver}\""
                ),
            );
            if part == "support" {
                text.push_str("# capacity_minutes = 9600             # the minutes paid for in a month: what is not used is (idle)\n");
            }
        }
    }

    fn rest(&self, text: &mut String) {
        text.push_str(
            "\n# What counts as the cost of service.\n# [margins]\n# service = [\"support\", \"success\"]\n",
        );
        let source =
            self.master.as_deref().or_else(|| self.sources.first().map(|source| source.name.as_str()));
        let what = self.cost_categories.first().map_or("support.salaries", String::as_str);
        let source = quoted(source.unwrap_or("erp"));
        line(
            text,
            format_args!(
                "\n# Totals known from elsewhere, such as a trial balance: revenue, costs or a category. `marginql check` compares them.\n\
             # [[controls]]\n# source = {source}\n# month = \"2025-03\"\n# what = \"revenue\"                    # or {}\n# amount = \"184220.15\"",
                quoted(what)
            ),
        );
        if !self.left_out.is_empty() {
            text.push_str("\n# Not recognised, or not surely. A table whose headers have other names is read by `[sources.NAME.columns.TABLE]` with\n# `\"HEADER\" = \"column\"`, other systems by a connector of your own in `connectors/`.\n");
            self.left_out.iter().for_each(|left_out| line(text, format_args!("# {left_out}")));
        }
    }
}

impl DraftSource {
    fn write(&self, text: &mut String, reporting: &str) {
        line(
            text,
            format_args!(
                "\n# {}\n[sources.{}]\nconnector = {}",
                one_line(&self.title),
                self.name,
                quoted(&self.connector)
            ),
        );
        self.tables.iter().for_each(|table| table.write(text, &table.table));
        let other = self.currency.as_ref().filter(|(currency, _)| currency != reporting);
        let mut options = Vec::new();
        if let Some((currency, why)) = other {
            options.push(format!("currency = {}", quoted(currency)));
            line(text, format_args!("# Its amounts are in another currency: {}.", one_line(why)));
        }
        self.decimals.write(text);
        if self.decimals.is_comma() {
            options.push("decimal_comma = true".to_owned());
        }
        if !options.is_empty() {
            line(text, format_args!("options = {{ {} }}", options.join(", ")));
        }
        if self.dates.is_empty() {
            return;
        }
        for (file, header, readings) in &self.dates {
            let TwoReadings { value, day_first, month_first } = readings;
            let both = match (day_first, month_first) {
                (Some(day), Some(month)) => format!("{day} (day_first) or {month} (month_first)"),
                (Some(day), None) => format!("{day} (day_first); no month_first date"),
                (None, Some(month)) => format!("{month} (month_first); no day_first date"),
                (None, None) => "no date at all".to_owned(),
            };
            line(
                text,
                format_args!(
                    "# `{}` in `{}` of {} is {both}.",
                    one_line(value),
                    one_line(header),
                    one_line(file)
                ),
            );
        }
        let instead = if options.is_empty() { "" } else { " instead of the line above" };
        line(
            text,
            format_args!(
                "# Which of day and month stands first is for you to say: keep one of these lines{instead}."
            ),
        );
        for order in ["day_first", "month_first"] {
            let mut options = options.clone();
            options.push(format!("date_order = \"{order}\""));
            line(text, format_args!("# options = {{ {} }}", options.join(", ")));
        }
    }
}

impl DraftTable {
    fn write(&self, text: &mut String, key: &str) {
        for note in &self.notes {
            line(text, format_args!("# {}", one_line(note)));
        }
        let paths: Vec<_> = self.paths.iter().map(|path| quoted(path)).collect();
        match &paths[..] {
            [path] => line(text, format_args!("{key} = {path}")),
            paths => line(text, format_args!("{key} = [{}]", paths.join(", "))),
        }
    }
}

fn line(text: &mut String, line: std::fmt::Arguments<'_>) {
    // A text can always be extended.
    let _ = writeln!(text, "{line}");
}

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// What comes from files must not end a comment.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
