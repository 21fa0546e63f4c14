//! Parses scripts and saved queries into statements that are ready to be planned.

use std::{
    collections::BTreeSet,
    iter,
    ops::{ControlFlow, Range},
    path::Path,
};

use datafusion::{
    common::ScalarValue,
    error::DataFusionError,
    sql::{
        parser::{CopyToSource, DFParserBuilder, Statement as ParsedStatement},
        sqlparser::{
            ast::{self, Expr, Query, SetExpr, Visit, VisitMut, Visitor, VisitorMut},
            dialect::Dialect,
            tokenizer::{Token, TokenWithSpan},
        },
    },
};

use super::{
    binding::{Binding, Placeholders},
    distinct_from::DistinctFrom,
    exponents::Exponents,
    header::{Expectation, Header},
    headings::Headings,
    own_casts::OwnCasts,
    parameter::{Argument, Parameters},
    refusals::{Calls, Functions, refuse, refuse_expression, refuse_tokens},
    rewrites::{SameNames, Shadowing, Spellings, Using, Windows},
    syntax_error::syntax_error,
    text::Text,
    timestamps::Timestamps,
    words::{Words, tokenize},
};
use crate::error::{Error, Result, file_error};

/// How deeply a statement may nest; more than people write, less than the stack bears.
const RECURSION_LIMIT: usize = 128;

/// How deeply expressions and UNIONs may nest; `a + b + c` nests one level for each operator. Planning is recursive.
const DEPTH_MAX: usize = 1000;

/// One statement, and the text in which it stands.
#[derive(Debug, Clone)]
pub struct Statement {
    parsed: ParsedStatement,
    text: Text,
}

/// A statement whose placeholders are typed, and the values to bind to them.
#[derive(Debug, Clone)]
pub struct BoundStatement {
    /// The syntax tree.
    pub statement: ParsedStatement,
    /// The value of each placeholder, by name without `$`.
    pub values: Vec<(String, ScalarValue)>,
    /// The text in which the statement stands.
    pub text: Text,
}

impl Statement {
    /// The text in which the statement stands.
    pub fn text(&self) -> &Text {
        &self.text
    }

    /// The names of the parameters it uses, without `$`.
    pub fn placeholders(&self) -> BTreeSet<String> {
        let mut placeholders = Placeholders::default();
        let _ = visit(&self.parsed, &mut placeholders);
        if is_prepare(&self.parsed) {
            // `$1` waits for EXECUTE.
            placeholders.0.retain(|name| name.parse::<usize>().is_err());
        }
        placeholders.0
    }

    /// Heads unnamed columns by their text, rewrites what planning would refuse or get wrong, and binds the parameters.
    ///
    /// # Errors
    /// A parameter that is used and has no value, a call with clauses that the function does not have, a window that is
    /// not defined, a key of a join of which it is not clear where it comes from, a number that is beyond those there are.
    pub fn bind(&self, parameters: &Parameters, functions: &dyn Functions) -> Result<BoundStatement> {
        if let Some(missing) = self.placeholders().into_iter().find(|name| parameters.get(name).is_none()) {
            let error = Error::usage(format!("parameter `{missing}` has no value"))
                .hint(format!("give one with `--param {missing}=VALUE`"));
            return Err(match self.text.find_word(&format!("${missing}")) {
                Some(place) => error.at(place),
                None => error,
            });
        }
        let text = &self.text;
        checked(visit(&self.parsed, &mut Calls { functions, text }))?;
        let mut statement = self.parsed.clone();
        let mut binding = Binding::new(parameters);
        let _ = visit_mut(&mut statement, &mut Headings);
        checked(visit_mut(&mut statement, &mut Windows { text }))?;
        checked(visit_mut(&mut statement, &mut Using { text }))?;
        let _ = visit_mut(&mut statement, &mut Shadowing::default());
        let _ = visit_mut(&mut statement, &mut OwnCasts);
        let _ = visit_mut(&mut statement, &mut SameNames);
        let _ = visit_mut(&mut statement, &mut binding);
        let _ = visit_mut(&mut statement, &mut Timestamps::default());
        if let ControlFlow::Break(number) = visit_mut(&mut statement, &mut Exponents) {
            return Err(beyond_numbers(&number, &self.text));
        }
        Ok(BoundStatement { statement, values: binding.into_values(), text: self.text.clone() })
    }
}

fn is_prepare(statement: &ParsedStatement) -> bool {
    matches!(statement, ParsedStatement::Statement(statement) if matches!(**statement, ast::Statement::Prepare { .. }))
}

fn checked(flow: ControlFlow<Error>) -> Result<()> {
    flow.break_value().map_or(Ok(()), Err)
}

fn visit<V: Visitor>(statement: &ParsedStatement, visitor: &mut V) -> ControlFlow<V::Break> {
    match statement {
        ParsedStatement::Statement(statement) => statement.visit(visitor),
        ParsedStatement::Explain(explain) => visit(&explain.statement, visitor),
        ParsedStatement::CopyTo(copy) => match &copy.source {
            CopyToSource::Query(query) => query.visit(visitor),
            CopyToSource::Relation(_) => ControlFlow::Continue(()),
        },
        ParsedStatement::CreateExternalTable(_) | ParsedStatement::Reset(_) => ControlFlow::Continue(()),
    }
}

fn visit_mut<V: VisitorMut>(statement: &mut ParsedStatement, visitor: &mut V) -> ControlFlow<V::Break> {
    match statement {
        ParsedStatement::Statement(statement) => statement.visit(visitor),
        ParsedStatement::Explain(explain) => visit_mut(&mut explain.statement, visitor),
        ParsedStatement::CopyTo(copy) => match &mut copy.source {
            CopyToSource::Query(query) => query.visit(visitor),
            CopyToSource::Relation(_) => ControlFlow::Continue(()),
        },
        ParsedStatement::CreateExternalTable(_) | ParsedStatement::Reset(_) => ControlFlow::Continue(()),
    }
}

/// Parses a text of statements separated by semicolons.
///
/// # Errors
/// A syntax error, or a part that planning would drop or misread, with its place.
pub fn parse_statements(text: &Text, dialect: &dyn Dialect) -> Result<Vec<Statement>> {
    parse_statements_of(text.content(), text, dialect)
}

fn parse_statements_of(sql: &str, text: &Text, dialect: &dyn Dialect) -> Result<Vec<Statement>> {
    let explain = |error: DataFusionError| syntax_error(text, error);
    let tokens = tokenize(sql, dialect).map_err(explain)?;
    let mut parsed = DFParserBuilder::new(tokens.clone())
        .with_dialect(dialect)
        .with_recursion_limit(RECURSION_LIMIT)
        .build()
        .and_then(|mut parser| parser.parse_statements())
        .map_err(explain)?;
    // Mending goes as deep as the tree is, and may make it a little deeper.
    let too_deep = parsed.iter_mut().any(|statement| {
        visit(statement, &mut Depth::default()).is_break()
            || visit_mut(statement, &mut DistinctFrom).is_break()
            || visit(statement, &mut Depth::default()).is_break()
    });
    if too_deep {
        return Err(Error::query(format!(
            "more than {DEPTH_MAX} operators, or UNIONs, in a row are too many"
        ))
        .hint("write a long chain of `OR` as `IN (…)`, and many rows as `VALUES` or as a table"));
    }
    refuse_tokens(&Words::new(text, &tokens))?;
    for (statement, tokens) in parsed.iter_mut().zip(of_statements(&tokens)) {
        let _ = visit_mut(statement, &mut Spellings);
        refuse(statement, &Words::new(text, tokens))?;
    }
    Ok(parsed.into_iter().map(|parsed| Statement { parsed, text: text.clone() }).collect())
}

/// The tokens of each statement; the last part goes on without end, in case semicolons stand inside of statements.
fn of_statements(tokens: &[TokenWithSpan]) -> impl Iterator<Item = &[TokenWithSpan]> {
    let is_part =
        |part: &&[TokenWithSpan]| part.iter().any(|token| !matches!(token.token, Token::Whitespace(_)));
    let parts = tokens.split(|token| token.token == Token::SemiColon).filter(is_part);
    parts.chain(iter::repeat(tokens))
}

/// Checks and mends the syntax tree of an expression that was parsed elsewhere, as those of statements are here.
///
/// # Errors
/// A part that planning would drop or misread, or a number that is beyond those there are.
pub fn prepare_expression(
    expr: &mut Expr,
    text: &Text,
    dialect: &dyn Dialect,
    functions: &dyn Functions,
) -> Result<()> {
    let tokens = tokenize(text.content(), dialect).map_err(|error| syntax_error(text, error))?;
    let words = Words::new(text, &tokens);
    let _ = expr.visit(&mut DistinctFrom);
    refuse_tokens(&words)?;
    refuse_expression(expr, &words)?;
    let _ = VisitMut::visit(expr, &mut Timestamps::default());
    if let ControlFlow::Break(number) = VisitMut::visit(expr, &mut Exponents) {
        return Err(beyond_numbers(&number, text));
    }
    checked(Visit::visit(&*expr, &mut Calls { functions, text }))
}

fn beyond_numbers(number: &str, text: &Text) -> Error {
    let error = Error::query(format!("`{number}` is beyond the numbers that a DOUBLE holds"))
        .hint("they go from `5e-324` to `1.7e308`, and exact decimals have at most 38 digits");
    match text.find_only(number) {
        Some(place) => error.at(place),
        None => error,
    }
}

/// Stops where expressions or set operations nest too deeply.
#[derive(Default)]
struct Depth(usize);

impl Visitor for Depth {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        let mut body = query.body.as_ref();
        for _ in 0..DEPTH_MAX {
            match body {
                SetExpr::SetOperation { left, .. } => body = left,
                _ => return ControlFlow::Continue(()),
            }
        }
        ControlFlow::Break(())
    }

    fn pre_visit_expr(&mut self, _: &Expr) -> ControlFlow<()> {
        self.0 += 1;
        match self.0 > DEPTH_MAX {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    }

    fn post_visit_expr(&mut self, _: &Expr) -> ControlFlow<()> {
        self.0 -= 1;
        ControlFlow::Continue(())
    }
}

/// Parses the statements that stand in a part of a text; errors still point into the whole text.
///
/// # Errors
/// A syntax error, with its place.
pub fn parse_part(text: &Text, part: Range<usize>, dialect: &dyn Dialect) -> Result<Vec<Statement>> {
    let content = text.content();
    // What stands before the part becomes white space, so that lines and columns stay what they are.
    let mut blanked: String =
        content[..part.start].chars().map(|character| if character == '\n' { '\n' } else { ' ' }).collect();
    blanked.push_str(&content[part.clone()]);
    let upto = Text::new(text.origin(), &content[..part.end]);
    let mut statements = parse_statements_of(&blanked, &upto, dialect)?;
    for statement in &mut statements {
        statement.text = text.clone();
    }
    Ok(statements)
}

/// A script with its header.
#[derive(Debug, Clone)]
pub struct SavedQuery {
    /// What the query says about itself.
    pub header: Header,
    /// Its statements, at least one.
    pub statements: Vec<Statement>,
    /// The text of the file.
    pub text: Text,
    /// The parameters that the expectations use.
    expected: BTreeSet<String>,
}

impl SavedQuery {
    /// Reads and parses a file.
    ///
    /// # Errors
    /// A file that cannot be read or is not UTF-8; see [`SavedQuery::parse`].
    pub fn read(path: &Path, dialect: &dyn Dialect) -> Result<Self> {
        let bytes = std::fs::read(path).map_err(|error| file_error("read", path, error))?;
        let content = String::from_utf8(bytes).map_err(|error| {
            Error::data(format!("`{}` is not UTF-8 text", path.display()))
                .note(format!("byte {} cannot be decoded", error.utf8_error().valid_up_to()))
                .hint("save the query as UTF-8")
        })?;
        Self::parse(Text::new(path.display().to_string(), content), dialect)
    }

    /// Parses a text with an optional header.
    ///
    /// # Errors
    /// A header that is not valid, a syntax error, a text without a statement, a declared parameter that no statement uses.
    pub fn parse(text: Text, dialect: &dyn Dialect) -> Result<Self> {
        let header = Header::parse(&text)?;
        let statements = parse_statements(&text, dialect)?;
        if statements.is_empty() {
            return Err(Error::query(format!("there is no statement in `{}`", text.origin()))
                .hint("write a query such as `SELECT 1`"));
        }
        let mut expected = BTreeSet::new();
        for expectation in &header.expectations {
            expected.extend(parse_expectation(expectation, &text, dialect)?.placeholders());
        }
        let saved = Self { header, statements, text, expected };
        let used = saved.placeholders();
        if let Some(unused) = saved.header.parameters.iter().find(|parameter| !used.contains(&parameter.name))
        {
            return Err(Error::config(format!("parameter `{}` is declared and not used", unused.name))
                .at(saved.text.place(unused.span.clone()))
                .hint(format!("use `${}` in the query, or remove the declaration", unused.name)));
        }
        Ok(saved)
    }

    /// The names of the parameters that the statements and the expectations use, without `$`.
    pub fn placeholders(&self) -> BTreeSet<String> {
        let used = self.statements.iter().flat_map(Statement::placeholders);
        used.chain(self.expected.iter().cloned()).collect()
    }

    /// Joins the header's declarations with what the user gave.
    ///
    /// # Errors
    /// A parameter without value, of the wrong type, or, unless `others_allowed`, one that the query does not know.
    pub fn parameters(&self, arguments: &[Argument], others_allowed: bool) -> Result<Parameters> {
        let used = self.placeholders();
        if !others_allowed
            && let Some(unknown) = arguments.iter().find(|argument| !used.contains(&argument.name))
        {
            return Err(unknown_parameter(&unknown.name, &used)
                .note(format!("the query is `{}`", self.text.origin())));
        }
        let arguments: Vec<_> =
            arguments.iter().filter(|argument| used.contains(&argument.name)).cloned().collect();
        Parameters::resolve(&self.header.parameters, &arguments)
            .map_err(|error| error.note(format!("the query is `{}`", self.text.origin())))
    }
}

/// Parses the one statement of an expectation.
///
/// # Errors
/// A syntax error in it, or another number of statements.
pub fn parse_expectation(expectation: &Expectation, text: &Text, dialect: &dyn Dialect) -> Result<Statement> {
    let origin = format!("{} [[expect]]", text.origin());
    let mut statements = parse_statements(&Text::new(origin, expectation.sql.as_str()), dialect)?;
    match (statements.pop(), statements.is_empty()) {
        (Some(statement), true) => Ok(statement),
        _ => Err(Error::config("an expectation is one query over the table `result`")
            .at(text.place(expectation.span.clone()))),
    }
}

/// An error for a parameter that nothing uses, with the nearest name that is used.
pub fn unknown_parameter(name: &str, used: &BTreeSet<String>) -> Error {
    let error = Error::usage(format!("unknown parameter `{name}`"));
    match crate::suggest::nearest(name, used.iter().map(String::as_str)) {
        Some(nearest) => error.hint(format!("did you mean `{nearest}`?")),
        None if used.is_empty() => error.hint("the query takes no parameters"),
        None => {
            let names: Vec<_> = used.iter().map(|name| format!("`{name}`")).collect();
            error.hint(format!("the parameters are {}", names.join(", ")))
        }
    }
}
