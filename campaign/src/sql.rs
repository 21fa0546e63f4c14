//! The syntax tree of generated statements, and its text in two dialects.
//!
//! Only what the shrinker takes apart has a structure; an expression is text with expressions in it.

use std::{borrow::Cow, collections::BTreeMap};

use crate::value::{Type, Value};

/// Whose SQL is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// marginql's.
    Ours,
    /// DuckDB's.
    DuckDb,
}

/// A column as a statement names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ColumnReference {
    /// The alias of its relation; none where columns were merged by USING.
    pub relation: Option<String>,
    /// The name, not quoted.
    pub name: String,
}

/// An expression and its type.
#[derive(Debug, Clone, PartialEq)]
pub struct Expression {
    /// The type of its value.
    pub data_type: Type,
    /// Its text, from left to right.
    pub pieces: Vec<Piece>,
}

/// A part of an expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// Keywords, operators, literals.
    Word(Cow<'static, str>),
    /// Words that differ between the dialects.
    Dialects(&'static str, &'static str),
    /// Marks what only marginql knows.
    OursOnly,
    /// A column.
    Column(ColumnReference),
    /// A prepared parameter; other databases see its value.
    Parameter(String, Type, Value),
    /// An expression in the expression.
    Expression(Expression),
    /// One without which the statement would not have one meaning, such as an order that is total.
    Fixed(Expression),
    /// A subquery.
    Query(Box<Query>),
}

impl From<&'static str> for Piece {
    fn from(text: &'static str) -> Self {
        Self::Word(Cow::Borrowed(text))
    }
}

impl From<String> for Piece {
    fn from(text: String) -> Self {
        Self::Word(Cow::Owned(text))
    }
}

impl From<Expression> for Piece {
    fn from(expression: Expression) -> Self {
        Self::Expression(expression)
    }
}

impl From<Query> for Piece {
    fn from(query: Query) -> Self {
        Self::Query(Box::new(query))
    }
}

/// Makes an expression of a type from words, expressions and queries.
#[macro_export]
macro_rules! expression {
    ($data_type:expr; $($piece:expr),+ $(,)?) => {
        $crate::sql::Expression { data_type: $data_type, pieces: vec![$($crate::sql::Piece::from($piece)),+] }
    };
}

impl Expression {
    /// Makes a column.
    pub fn column(reference: &ColumnReference, data_type: Type) -> Self {
        Self { data_type, pieces: vec![Piece::Column(reference.clone())] }
    }

    /// Makes a literal.
    pub fn literal(value: &Value, data_type: Type) -> Self {
        expression!(data_type; value.literal(data_type))
    }

    /// Returns whether nothing stands in the expression that could be taken apart.
    pub fn is_simple(&self) -> bool {
        matches!(&self.pieces[..], [Piece::Word(_) | Piece::Column(_) | Piece::Parameter(..)])
    }

    /// Returns the column, if the expression is nothing else.
    pub fn as_column(&self) -> Option<&ColumnReference> {
        match &self.pieces[..] {
            [Piece::Column(column)] => Some(column),
            _ => None,
        }
    }

    /// Returns the expression as text.
    pub fn write(&self, dialect: Dialect) -> Written {
        let mut writer = Writer { dialect, written: Written::default() };
        writer.expression(self);
        writer.written
    }

    /// Returns whether a subquery stands in the expression.
    pub fn has_query(&self) -> bool {
        self.pieces.iter().any(|piece| match piece {
            Piece::Query(_) => true,
            Piece::Expression(inner) | Piece::Fixed(inner) => inner.has_query(),
            _ => false,
        })
    }

    /// Puts expressions in the place of columns.
    pub fn substitute(&mut self, replacement: &dyn Fn(&ColumnReference) -> Option<Expression>) {
        for piece in &mut self.pieces {
            match piece {
                Piece::Column(column) => {
                    if let Some(expression) = replacement(column) {
                        *piece = Piece::Expression(expression);
                    }
                }
                Piece::Expression(expression) | Piece::Fixed(expression) => {
                    expression.substitute(replacement)
                }
                _ => {}
            }
        }
    }
}

/// A query: common tables, a body, an order and a limit.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// WITH.
    pub common: Vec<CommonTable>,
    /// What gives the rows.
    pub body: Body,
    /// ORDER BY, by output columns.
    pub order: Vec<OrderKey>,
    /// LIMIT.
    pub limit: Option<u64>,
    /// OFFSET.
    pub offset: Option<u64>,
}

/// A named query of WITH.
#[derive(Debug, Clone, PartialEq)]
pub struct CommonTable {
    /// The name.
    pub name: String,
    /// What it stands for.
    pub query: Query,
}

/// The body of a query.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// SELECT.
    Select(Box<Select>),
    /// UNION, INTERSECT, EXCEPT.
    Set(Box<SetOperation>),
}

/// Two queries of which one is made.
#[derive(Debug, Clone, PartialEq)]
pub struct SetOperation {
    /// `UNION`, `INTERSECT` or `EXCEPT`.
    pub operator: &'static str,
    /// Whether rows are counted.
    pub all: bool,
    /// The first query; its names are those of the result.
    pub left: Query,
    /// The second query.
    pub right: Query,
}

/// A SELECT.
#[derive(Debug, Clone, PartialEq)]
pub struct Select {
    /// DISTINCT.
    pub distinct: Distinct,
    /// The columns of the result.
    pub items: Vec<Item>,
    /// FROM.
    pub from: Option<FromClause>,
    /// WHERE.
    pub filter: Option<Expression>,
    /// GROUP BY.
    pub grouping: Option<Grouping>,
    /// HAVING.
    pub having: Option<Expression>,
}

/// Which rows of a SELECT are given once.
#[derive(Debug, Clone, PartialEq)]
pub enum Distinct {
    /// All rows stay.
    No,
    /// Equal rows are one.
    Rows,
    /// The first row for each key.
    On {
        /// The keys.
        keys: Vec<Expression>,
        /// The whole ORDER BY, which begins with the keys and is total.
        order: Vec<Expression>,
    },
}

/// A column of a result.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// What it is.
    pub expression: Expression,
    /// Its name.
    pub name: String,
}

/// GROUP BY.
#[derive(Debug, Clone, PartialEq)]
pub struct Grouping {
    /// Which sets of the keys are grouped by.
    pub shape: Shape,
    /// The keys.
    pub keys: Vec<Expression>,
}

/// Which sets of the keys are grouped by.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// All keys.
    Plain,
    /// ROLLUP.
    Rollup,
    /// CUBE.
    Cube,
    /// GROUPING SETS, by the keys' places.
    Sets(Vec<Vec<usize>>),
}

/// Where rows come from.
#[derive(Debug, Clone, PartialEq)]
pub enum FromClause {
    /// A table, a view or a common table.
    Named {
        /// Its name.
        name: String,
        /// Its alias.
        alias: String,
    },
    /// A subquery.
    Derived {
        /// The query.
        query: Box<Query>,
        /// Its alias.
        alias: String,
    },
    /// VALUES or a table function, as text with its alias.
    Text(String),
    /// Two of them.
    Join(Box<Join>),
}

/// A join.
#[derive(Debug, Clone, PartialEq)]
pub struct Join {
    /// The left side.
    pub left: FromClause,
    /// The right side.
    pub right: FromClause,
    /// Which rows are given.
    pub kind: JoinKind,
    /// Which rows belong together.
    pub condition: Condition,
}

/// The kind of a join.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JoinKind {
    /// INNER JOIN.
    Inner,
    /// LEFT JOIN.
    Left,
    /// RIGHT JOIN.
    Right,
    /// FULL JOIN.
    Full,
    /// Rows of the left side with a partner.
    Semi,
    /// Rows of the left side without a partner.
    Anti,
    /// All pairs.
    Cross,
}

/// Which rows of a join belong together.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// All, in a cross join.
    None,
    /// Those for which this is true.
    On(Expression),
    /// Those with equal columns.
    Using(Vec<String>),
    /// Those with equal columns of the same names.
    Natural,
}

/// A column to order by.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderKey {
    /// The output column.
    pub name: String,
    /// DESC.
    pub descending: bool,
    /// NULLS FIRST.
    pub nulls_first: bool,
}

/// A view that statements read.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    /// Its name.
    pub name: String,
    /// Its query.
    pub query: Query,
}

/// A query with what it needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// Views, each reads only those before it.
    pub views: Vec<View>,
    /// The query.
    pub query: Query,
}

/// A statement as text.
#[derive(Debug, Clone, Default)]
pub struct Written {
    /// The SQL.
    pub sql: String,
    /// The parameters, by name.
    pub parameters: BTreeMap<String, (Type, Value)>,
    /// Whether only marginql knows what stands there.
    pub ours_only: bool,
}

impl Query {
    /// Makes a query of a SELECT alone.
    pub fn of(select: Select) -> Self {
        Self {
            common: Vec::new(),
            body: Body::Select(Box::new(select)),
            order: Vec::new(),
            limit: None,
            offset: None,
        }
    }

    /// Makes a query that gives some columns of another one, filtered.
    pub fn over(query: Query, alias: &str, items: Vec<Item>, filter: Option<Expression>) -> Self {
        let from = Some(FromClause::Derived { query: Box::new(query), alias: alias.to_owned() });
        Self::of(Select { distinct: Distinct::No, items, from, filter, grouping: None, having: None })
    }

    /// Returns the names of the columns.
    pub fn names(&self) -> Vec<&str> {
        self.first_select().items.iter().map(|item| item.name.as_str()).collect()
    }

    /// Returns the columns of the result, to select them again.
    pub fn outputs(&self, alias: &str) -> Vec<Item> {
        let again = |item: &Item| {
            let reference = ColumnReference { relation: Some(alias.to_owned()), name: item.name.clone() };
            Item {
                expression: Expression::column(&reference, item.expression.data_type),
                name: item.name.clone(),
            }
        };
        self.first_select().items.iter().map(again).collect()
    }

    fn first_select(&self) -> &Select {
        match &self.body {
            Body::Select(select) => select,
            Body::Set(set) => set.left.first_select(),
        }
    }

    /// Returns the query as text.
    pub fn write(&self, dialect: Dialect) -> Written {
        let mut writer = Writer { dialect, written: Written::default() };
        writer.query(self);
        writer.written
    }
}

/// Quotes a name if it needs that.
pub fn quoted(name: &str) -> Cow<'_, str> {
    const KEYWORDS: [&str; 4] = ["select", "group", "day", "month"];
    let simple = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    match name.chars().all(simple) && !KEYWORDS.contains(&name) {
        true => Cow::Borrowed(name),
        false => Cow::Owned(format!("\"{}\"", name.replace('"', "\"\""))),
    }
}

struct Writer {
    dialect: Dialect,
    written: Written,
}

impl Writer {
    fn push(&mut self, text: &str) {
        self.written.sql.push_str(text);
    }

    fn list<T>(&mut self, items: &[T], mut each: impl FnMut(&mut Self, &T)) {
        for (place, item) in items.iter().enumerate() {
            if place > 0 {
                self.push(", ");
            }
            each(self, item);
        }
    }

    fn query(&mut self, query: &Query) {
        if !query.common.is_empty() {
            self.push("WITH ");
            self.list(&query.common, |writer, common| {
                writer.push(&quoted(&common.name));
                writer.push(" AS (");
                writer.query(&common.query);
                writer.push(")");
            });
            self.push(" ");
        }
        match &query.body {
            Body::Select(select) => self.select(select),
            Body::Set(set) => {
                self.branch(&set.left);
                self.push(" ");
                self.push(set.operator);
                self.push(if set.all { " ALL " } else { " " });
                self.branch(&set.right);
            }
        }
        self.order(query);
        for (word, count) in [(" LIMIT ", query.limit), (" OFFSET ", query.offset)] {
            if let Some(count) = count {
                self.push(word);
                self.push(&count.to_string());
            }
        }
    }

    /// marginql decides ties by the remaining columns; elsewhere that is said.
    fn order(&mut self, query: &Query) {
        let mut keys = query.order.clone();
        if keys.is_empty() {
            return;
        }
        if self.dialect == Dialect::DuckDb {
            for name in query.names() {
                if !keys.iter().any(|key| key.name == name) {
                    keys.push(OrderKey { name: name.to_owned(), descending: false, nulls_first: false });
                }
            }
        }
        self.push(" ORDER BY ");
        self.list(&keys, |writer, key| {
            writer.push(&quoted(&key.name));
            writer.push(if key.descending { " DESC" } else { "" });
            writer.push(if key.nulls_first { " NULLS FIRST" } else { " NULLS LAST" });
        });
    }

    fn branch(&mut self, query: &Query) {
        let is_bare = query.common.is_empty()
            && query.order.is_empty()
            && query.limit.is_none()
            && matches!(&query.body, Body::Select(select) if !matches!(select.distinct, Distinct::On { .. }));
        if is_bare {
            self.query(query);
        } else {
            self.push("(");
            self.query(query);
            self.push(")");
        }
    }

    fn select(&mut self, select: &Select) {
        self.push("SELECT ");
        match &select.distinct {
            Distinct::No => {}
            Distinct::Rows => self.push("DISTINCT "),
            Distinct::On { keys, .. } => {
                self.push("DISTINCT ON (");
                self.list(keys, Self::expression);
                self.push(") ");
            }
        }
        self.list(&select.items, |writer, item| {
            writer.expression(&item.expression);
            let is_own_name = item.expression.as_column().is_some_and(|column| column.name == item.name);
            // Later branches of a UNION need no names, and analysts give them none.
            if !is_own_name && !item.name.is_empty() {
                writer.push(" AS ");
                writer.push(&quoted(&item.name));
            }
        });
        if let Some(from) = &select.from {
            self.push(" FROM ");
            self.from(from);
        }
        if let Some(filter) = &select.filter {
            self.push(" WHERE ");
            self.expression(filter);
        }
        if let Some(grouping) = &select.grouping {
            self.grouping(grouping);
        }
        if let Some(having) = &select.having {
            self.push(" HAVING ");
            self.expression(having);
        }
        if let Distinct::On { order, .. } = &select.distinct {
            self.push(" ORDER BY ");
            self.list(order, |writer, key| {
                writer.expression(key);
                writer.push(" NULLS LAST");
            });
        }
    }

    fn grouping(&mut self, grouping: &Grouping) {
        if grouping.keys.is_empty() {
            return;
        }
        self.push(" GROUP BY ");
        match &grouping.shape {
            Shape::Plain => self.list(&grouping.keys, Self::expression),
            Shape::Rollup | Shape::Cube => {
                self.push(if grouping.shape == Shape::Rollup { "ROLLUP (" } else { "CUBE (" });
                self.list(&grouping.keys, Self::expression);
                self.push(")");
            }
            Shape::Sets(sets) => {
                self.push("GROUPING SETS (");
                self.list(sets, |writer, set| {
                    let keys: Vec<&Expression> =
                        set.iter().filter_map(|place| grouping.keys.get(*place)).collect();
                    writer.push("(");
                    writer.list(&keys, |writer, key| writer.expression(key));
                    writer.push(")");
                });
                self.push(")");
            }
        }
    }

    fn from(&mut self, from: &FromClause) {
        match from {
            FromClause::Named { name, alias } => {
                self.push(&quoted(name));
                if name != alias {
                    self.push(" AS ");
                    self.push(&quoted(alias));
                }
            }
            FromClause::Derived { query, alias } => {
                self.push("(");
                self.query(query);
                self.push(") AS ");
                self.push(&quoted(alias));
            }
            FromClause::Text(text) => self.push(text),
            FromClause::Join(join) => self.join(join),
        }
    }

    fn join(&mut self, join: &Join) {
        self.from(&join.left);
        self.push(if join.condition == Condition::Natural { " NATURAL" } else { "" });
        self.push(match (join.kind, self.dialect) {
            (JoinKind::Inner, _) => " JOIN ",
            (JoinKind::Left, _) => " LEFT JOIN ",
            (JoinKind::Right, _) => " RIGHT JOIN ",
            (JoinKind::Full, _) => " FULL JOIN ",
            (JoinKind::Semi, Dialect::Ours) => " LEFT SEMI JOIN ",
            (JoinKind::Semi, Dialect::DuckDb) => " SEMI JOIN ",
            (JoinKind::Anti, Dialect::Ours) => " LEFT ANTI JOIN ",
            (JoinKind::Anti, Dialect::DuckDb) => " ANTI JOIN ",
            (JoinKind::Cross, _) => " CROSS JOIN ",
        });
        match &join.right {
            right @ FromClause::Join(_) => {
                self.push("(");
                self.from(right);
                self.push(")");
            }
            right => self.from(right),
        }
        match &join.condition {
            Condition::None | Condition::Natural => {}
            Condition::On(condition) => {
                self.push(" ON ");
                self.expression(condition);
            }
            Condition::Using(names) => {
                self.push(" USING (");
                self.list(names, |writer, name| writer.push(&quoted(name)));
                self.push(")");
            }
        }
    }

    fn expression(&mut self, expression: &Expression) {
        for piece in &expression.pieces {
            match piece {
                Piece::Word(text) => self.push(text),
                Piece::Dialects(ours, theirs) => {
                    self.push(if self.dialect == Dialect::Ours { ours } else { theirs });
                }
                Piece::OursOnly => self.written.ours_only = true,
                Piece::Column(column) => {
                    if let Some(relation) = &column.relation {
                        self.push(&quoted(relation));
                        self.push(".");
                    }
                    self.push(&quoted(&column.name));
                }
                Piece::Parameter(name, data_type, value) if self.dialect == Dialect::Ours => {
                    self.push(&format!("${name}"));
                    self.written.parameters.insert(name.clone(), (*data_type, value.clone()));
                }
                Piece::Parameter(_, data_type, value) => self.push(&value.literal(*data_type)),
                Piece::Expression(expression) | Piece::Fixed(expression) => self.expression(expression),
                Piece::Query(query) => self.query(query),
            }
        }
    }
}
