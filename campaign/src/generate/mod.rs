//! Writes statements such as analysts write them, from the tables that are there.
//!
//! `query` makes queries with common tables, orders and limits; `select` its plain and grouped bodies, `relation` what stands in
//! FROM, `window` what stands before OVER, `predicate` conditions and `expression` everything else.
//!
//! To add a kind of SQL: write it where it belongs, with a weight, so that it has one meaning in every database and for every
//! order of the rows; mark what only marginql knows with `Piece::OursOnly`.

mod aggregate;
mod expression;
mod predicate;
mod query;
mod relation;
mod select;
mod subquery;
mod window;

use crate::{
    chance::Chance,
    schema::{Column, Table, UNIQUE},
    sql::{Expression, Query, Statement, View},
    value::Type,
};

/// Something that FROM can name.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its name.
    pub name: String,
    columns: Vec<Column>,
    distinct: Vec<u64>,
    rows: u64,
    unique: bool,
}

impl Source {
    /// Describes a table.
    pub fn table(table: &Table) -> Self {
        Self {
            name: table.name.clone(),
            columns: table.columns.clone(),
            distinct: (0..table.columns.len()).map(|column| table.distinct(column)).collect(),
            rows: table.rows.len() as u64,
            unique: table.columns.first().is_some_and(|column| column.name == UNIQUE),
        }
    }
}

/// An expression that may be used where it is visible: mostly a column, above GROUP BY a key or an aggregate.
#[derive(Debug, Clone)]
struct Visible {
    expression: Expression,
    name: String,
    distinct: u64,
}

/// What expressions may be made of.
#[derive(Debug, Clone, Default)]
struct Scope {
    visible: Vec<Visible>,
    /// What makes an order of the rows total: rows that are equal in it are equal in everything that is visible.
    total: Vec<Expression>,
    /// Whether no two rows are equal in it.
    is_unique: bool,
    /// Whether subqueries may refer to it; they may not above GROUP BY.
    is_grouped: bool,
}

/// A query and what is known of its result.
#[derive(Debug, Clone)]
struct Built {
    query: Query,
    columns: Vec<Column>,
    distinct: Vec<u64>,
    rows: u64,
}

impl Built {
    fn source(&self, name: &str) -> Source {
        Source {
            name: name.to_owned(),
            columns: self.columns.clone(),
            distinct: self.distinct.clone(),
            rows: self.rows,
            unique: false,
        }
    }
}

/// How many values of a computed column are taken to differ: too few makes joins small, too many would make them large.
const GUESSED: u64 = 5;

/// Relations of more rows than this would make statements slow.
const ROWS_MAX: u64 = 60_000;

/// Writes statements over some tables and views.
#[derive(Debug)]
pub struct Generator<'a> {
    chance: &'a mut Chance,
    sources: Vec<Source>,
    common: Vec<Source>,
    aliases: usize,
    parameters: usize,
    has_parameters: bool,
}

impl<'a> Generator<'a> {
    /// Makes a generator over tables.
    pub fn new(chance: &'a mut Chance, tables: &[Table]) -> Self {
        Self {
            chance,
            sources: tables.iter().map(Source::table).collect(),
            common: Vec::new(),
            aliases: 0,
            parameters: 0,
            has_parameters: false,
        }
    }

    /// Draws the views of a data set, with what statements need to know of them.
    pub fn views(mut self, count: usize) -> (Vec<View>, Vec<Source>) {
        let mut views = Vec::new();
        let tables = self.sources.len();
        for number in 1..=count {
            let name = format!("v{number}");
            let depth = 1 + self.chance.below(2);
            let built = self.query(depth, None);
            self.sources.push(built.source(&name));
            views.push(View { name, query: built.query });
        }
        (views, self.sources.split_off(tables))
    }

    /// Draws a statement over the tables and views.
    pub fn statement(mut self, views: &[View], sources: &[Source]) -> Statement {
        self.sources.extend_from_slice(sources);
        self.has_parameters = self.chance.percent(12);
        let depth = self.chance.weighted(&[(15, 0), (45, 1), (40, 2)]);
        let query = self.result(depth);
        Statement { views: views.to_vec(), query }
    }

    /// Draws a condition over the columns of a query with an alias.
    pub fn condition(mut self, query: &Query, alias: &str) -> Expression {
        let visible = query.outputs(alias).into_iter().map(|item| Visible {
            expression: item.expression,
            name: item.name,
            distinct: GUESSED,
        });
        let scope = Scope { visible: visible.collect(), ..Scope::default() };
        self.predicate(&scope, 2)
    }

    fn alias(&mut self) -> String {
        self.aliases += 1;
        format!("t{}", self.aliases)
    }
}

impl Scope {
    fn of_type(&self, data_type: Type) -> Vec<&Visible> {
        self.visible.iter().filter(|visible| visible.expression.data_type == data_type).collect()
    }
}
