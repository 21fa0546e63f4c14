//! The tables of a data set: names, columns and rows such as exports have them.

use std::collections::HashSet;

use crate::{
    chance::Chance,
    value::{Type, Value},
};

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The name, not quoted.
    pub name: String,
    /// The type.
    pub data_type: Type,
}

/// A table with its rows.
#[derive(Debug, Clone)]
pub struct Table {
    /// The name, not quoted.
    pub name: String,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows, each with a value for each column.
    pub rows: Vec<Vec<Value>>,
}

/// The column that numbers the rows of a table, where there is one.
pub const UNIQUE: &str = "id";

impl Table {
    /// Returns how many values of a column differ, as far as an estimate needs to know.
    pub fn distinct(&self, column: usize) -> u64 {
        let values: HashSet<String> = self.rows.iter().take(2_000).map(|row| row[column].plain()).collect();
        let seen = values.len() as u64;
        if self.columns[column].name == UNIQUE { self.rows.len() as u64 } else { seen }
    }
}

/// Where the values of a column come from. Columns of one domain meet in joins.
#[derive(Debug, Clone, Copy)]
enum Domain {
    Unique,
    Key,
    Small,
    Month,
    Amount,
    Balance,
    Quarters,
    Odd,
    Word(&'static [&'static str]),
    Day,
    LastDay,
    Flag,
}

const REGIONS: &[&str] = &["EU", "US", "APAC", "eu"];
const CURRENCIES: &[&str] = &["USD", "EUR", "CZK"];
const NOTES: &[&str] = &["paid late", "o'hara", "50% off", "Žižkov", "a_b", "A", "-"];

/// Doubles on which comparisons, groups and statistics of files may disagree.
const ODD_DOUBLES: [f64; 6] = [0.0, -0.0, 1.5, f64::NAN, -2.25, 40.0];

/// Names that analysts meet: short ones, odd ones, those that are words of SQL. The same name has the same domain everywhere.
const COLUMNS: [(&str, Domain); 19] = [
    ("customer_id", Domain::Key),
    ("account", Domain::Key),
    ("month", Domain::Month),
    ("n", Domain::Small),
    ("qty", Domain::Small),
    ("amount", Domain::Amount),
    ("cost", Domain::Amount),
    ("region", Domain::Word(REGIONS)),
    ("currency", Domain::Word(CURRENCIES)),
    ("note", Domain::Word(NOTES)),
    ("day", Domain::Day),
    ("valid_to", Domain::LastDay),
    ("active", Domain::Flag),
    ("balance", Domain::Balance),
    ("score", Domain::Quarters),
    ("ratio", Domain::Odd),
    ("Net Amount", Domain::Amount),
    ("select", Domain::Small),
    ("Größe", Domain::Word(REGIONS)),
];

const TABLES: [&str; 10] = [
    "customers",
    "revenue",
    "tickets",
    "costs",
    "calendar",
    "crosswalk",
    "rates",
    "Order Lines",
    "group",
    "Übersicht",
];

/// How many tables a data set has.
const TABLES_PER_DATA_SET: usize = 6;

/// 9999-12-31, which ERP systems write for "no end".
const NO_END: i32 = 2_932_896;
/// 2026-01-01.
const FIRST_DAY: i32 = 20_454;

/// Draws the tables of a data set; `rows_max` bounds the largest.
pub fn tables(chance: &mut Chance, rows_max: usize) -> Vec<Table> {
    let mut names = TABLES;
    chance.shuffle(&mut names);
    let mut large_left = 1;
    names[..TABLES_PER_DATA_SET]
        .iter()
        .map(|name| {
            let (few, some, many) = (2 + chance.below(11), 13 + chance.below(60), 200 + chance.below(2_500));
            let sizes = [(5, 0), (6, 1), (45, few), (28, some), (13, many), (3, 20_000)];
            let mut rows = chance.weighted(&sizes);
            // Many large tables in one data set would make every statement slow.
            if rows > 5_000 {
                rows = if large_left > 0 { rows } else { 100 };
                large_left = 0;
            }
            table(chance, name, rows.min(rows_max))
        })
        .collect()
}

fn table(chance: &mut Chance, name: &str, rows: usize) -> Table {
    let mut candidates = COLUMNS;
    chance.shuffle(&mut candidates);
    let mut columns: Vec<(&str, Domain)> = candidates[..2 + chance.below(5)].to_vec();
    if chance.percent(75) {
        columns.insert(0, (UNIQUE, Domain::Unique));
    }
    let keys = *chance.pick(&[3, 8, 40, 1_000]);
    let fills: Vec<Fill> = columns.iter().map(|(_, domain)| Fill::draw(chance, *domain, keys)).collect();
    let mut numbers: Vec<i64> = (1..=i64::try_from(rows).unwrap_or(0)).collect();
    if chance.percent(50) {
        chance.shuffle(&mut numbers);
    }
    let mut filled: Vec<Vec<Value>> =
        numbers.iter().map(|number| fills.iter().map(|fill| fill.value(chance, *number)).collect()).collect();
    // Whole rows twice, as exports that overlap have them; only where nothing numbers them.
    if columns[0].0 != UNIQUE && rows > 1 && chance.percent(50) {
        for _ in 0..=rows / 4 {
            let copy = filled[chance.below(rows)].clone();
            let place = chance.below(rows);
            filled[place] = copy;
        }
    }
    Table {
        name: name.to_owned(),
        columns: columns
            .iter()
            .map(|(name, domain)| Column { name: (*name).to_owned(), data_type: domain.data_type() })
            .collect(),
        rows: filled,
    }
}

impl Domain {
    fn data_type(self) -> Type {
        match self {
            Self::Unique | Self::Small | Self::Month => Type::Integer,
            Self::Key | Self::Word(_) => Type::Text,
            Self::Amount => Type::Decimal,
            Self::Balance => Type::Wide,
            Self::Quarters | Self::Odd => Type::Double,
            Self::Day | Self::LastDay => Type::Date,
            Self::Flag => Type::Boolean,
        }
    }
}

/// How the cells of one column are drawn.
struct Fill {
    domain: Domain,
    null_percent: usize,
    skewed: bool,
    constant: Option<Value>,
    keys: usize,
}

impl Fill {
    fn draw(chance: &mut Chance, domain: Domain, keys: usize) -> Self {
        let mut fill = Self {
            domain,
            null_percent: chance.weighted(&[(40, 0), (35, 12), (20, 40), (5, 100)]),
            skewed: chance.percent(30),
            constant: None,
            keys,
        };
        if chance.percent(8) && !matches!(domain, Domain::Unique) {
            fill.constant = Some(fill.drawn(chance, 1));
        }
        fill
    }

    fn value(&self, chance: &mut Chance, number: i64) -> Value {
        if !matches!(self.domain, Domain::Unique) && chance.percent(self.null_percent) {
            return Value::Null;
        }
        self.constant.clone().unwrap_or_else(|| self.drawn(chance, number))
    }

    fn drawn(&self, chance: &mut Chance, number: i64) -> Value {
        match self.domain {
            Domain::Unique => Value::Integer(number),
            Domain::Key => Value::Text(format!("k{}", 1 + self.below(chance, self.keys))),
            Domain::Small => Value::Integer(self.below(chance, 12) as i64 - 3),
            Domain::Month => Value::Integer(1 + self.below(chance, 12) as i64),
            // Few amounts, so that ties and equal amounts in two tables happen.
            Domain::Amount => {
                let size = *chance.pick(&[8, 40, 100_000]);
                Value::Decimal((self.below(chance, size) as i128 - size as i128 / 4) * 25)
            }
            Domain::Balance => {
                let factor = *chance.pick(&[1, 10_000, 1_000_000_000_000_000_000_000]);
                Value::Wide((self.below(chance, 9) as i128 - 3) * factor * 1_234)
            }
            Domain::Quarters => Value::Double((self.below(chance, 33) as f64 - 8.0) / 4.0),
            Domain::Odd => Value::Double(ODD_DOUBLES[self.below(chance, ODD_DOUBLES.len())]),
            Domain::Word(words) => Value::Text(words[self.below(chance, words.len())].to_owned()),
            Domain::Day => Value::Date(FIRST_DAY + 7 * self.below(chance, 40) as i32),
            Domain::LastDay => Value::Date(match chance.percent(40) {
                true => NO_END,
                false => FIRST_DAY + 30 * self.below(chance, 12) as i32,
            }),
            Domain::Flag => Value::Boolean(self.below(chance, 2) == 0),
        }
    }

    /// A number below `bound`; small ones are more frequent where the column is skewed.
    fn below(&self, chance: &mut Chance, bound: usize) -> usize {
        let first = chance.below(bound);
        if self.skewed { first.min(chance.below(bound)).min(chance.below(bound)) } else { first }
    }
}

/// Draws a literal that may well occur in the tables.
pub fn literal(chance: &mut Chance, data_type: Type) -> Value {
    match data_type {
        Type::Integer => Value::Integer(chance.between(-3, 12)),
        Type::Decimal => Value::Decimal(i128::from(chance.between(-4, 30)) * 25),
        Type::Wide => Value::Wide(
            i128::from(chance.between(-3, 5)) * chance.pick(&[1, 1_000_000_000_000_000_000_000]) * 1_234,
        ),
        Type::Double => Value::Double(chance.between(-8, 24) as f64 / 4.0),
        Type::Text => Value::Text(match chance.below(4) {
            0 => format!("k{}", chance.between(1, 9)),
            1 => (*chance.pick(REGIONS)).to_owned(),
            2 => (*chance.pick(CURRENCIES)).to_owned(),
            _ => (*chance.pick(NOTES)).to_owned(),
        }),
        Type::Date => Value::Date(match chance.percent(20) {
            true => NO_END,
            false => FIRST_DAY + chance.between(0, 280) as i32,
        }),
        Type::Boolean => Value::Boolean(chance.percent(50)),
    }
}
