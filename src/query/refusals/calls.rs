//! Clauses of calls that the kind of function does not have: planning drops OVER, FILTER, DISTINCT and the like from
//! functions of one row, and some of them from window functions.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    DuplicateTreatment, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentClause,
    FunctionArguments, NullTreatment, Query, Spanned, Visit, VisitMut, Visitor, VisitorMut,
};

use crate::{
    error::{Error, Result},
    query::text::Text,
};

/// What a function works on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FunctionKind {
    /// One row.
    Scalar,
    /// A group of rows.
    Aggregate {
        /// Whether IGNORE NULLS and RESPECT NULLS make a difference.
        treats_nulls: bool,
        /// Whether it is a metric that adds up its arguments itself.
        adds_up: bool,
    },
    /// The rows of a window.
    Window,
}

/// Knows the functions of a session.
pub trait Functions {
    /// The kind of the function that a name means, with an OVER clause or without.
    fn kind(&self, name: &str, over: bool) -> Option<FunctionKind>;
}

/// The window functions for which NULLs can be ignored.
const TREAT_NULLS: [&str; 5] = ["first_value", "lag", "last_value", "lead", "nth_value"];

/// Refuses clauses that a function does not have.
pub(crate) struct Calls<'a> {
    pub(crate) functions: &'a dyn Functions,
    pub(crate) text: &'a Text,
}

impl Visitor for Calls<'_> {
    type Break = Error;

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<Error> {
        let Expr::Function(function) = expr else { return ControlFlow::Continue(()) };
        match self.check(function) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                let span = expr.span();
                let (start, end) = (span.start, span.end);
                ControlFlow::Break(match start.line {
                    0 => error,
                    _ => {
                        error.at(self.text.place_between((start.line, start.column), (end.line, end.column)))
                    }
                })
            }
        }
    }
}

impl Calls<'_> {
    fn kind(&self, function: &Function) -> Option<FunctionKind> {
        let name = name(function)?;
        match name.as_str() {
            "unnest" | "unnest_outer" => Some(FunctionKind::Scalar),
            name => self.functions.kind(name, function.over.is_some()),
        }
    }

    fn check(&self, function: &Function) -> Result<()> {
        let name = &function.name;
        let clauses = Clauses::of(function);
        match self.kind(function) {
            Some(FunctionKind::Scalar) => match clauses.first() {
                Some(clause) => Err(Error::query(format!(
                    "`{name}` works on one row and takes no `{clause}`"
                ))
                .hint(match clause {
                    "FILTER" => "choose the rows with `CASE WHEN … THEN … END`".to_owned(),
                    clause => format!(
                        "leave `{clause}` out, or write an aggregate around it, such as `sum({name}(…))`"
                    ),
                })),
                None => Ok(()),
            },
            Some(FunctionKind::Window) => {
                let treats_nulls = self.name_is_one_of(function, &TREAT_NULLS);
                let clause = match clauses {
                    Clauses { distinct: true, .. } => "DISTINCT",
                    Clauses { filter: true, .. } => "FILTER",
                    Clauses { nulls: Some(nulls), .. } if !treats_nulls => nulls,
                    _ => return Ok(()),
                };
                Err(Error::query(format!(
                    "`{name}` gives every row of its window a value and takes no `{clause}`"
                ))
                .hint(format!(
                    "leave `{clause}` out; rows are chosen with `WHERE`, or in a query inside this one"
                )))
            }
            Some(FunctionKind::Aggregate { treats_nulls, adds_up }) => {
                if let Some(nulls) = clauses.nulls
                    && !treats_nulls
                {
                    return Err(Error::query(format!("`{name}` takes no `{nulls}`"))
                        .hint(format!("leave `{nulls}` out; NULLs add nothing to it")));
                }
                match function.over {
                    Some(_) => Ok(()),
                    None => self.check_nested(function, adds_up),
                }
            }
            None => Ok(()),
        }
    }

    fn name_is_one_of(&self, function: &Function, names: &[&str]) -> bool {
        name(function).is_some_and(|name| names.contains(&name.as_str()))
    }

    /// Refuses `customer_success_margin(sum(revenue), sum(cost))`, which would have to add up what is added up.
    fn check_nested(&self, outer: &Function, adds_up: bool) -> Result<()> {
        let mut nested = Nested { calls: self, queries: 0, found: None };
        let _ = Visit::visit(&outer.args, &mut nested);
        let Some((inner, inner_adds_up)) = nested.found else { return Ok(()) };
        if adds_up && inner == "sum" {
            let mut flat = outer.clone();
            let _ = VisitMut::visit(&mut flat.args, &mut WithoutSum);
            return Err(Error::query(format!("`{}` adds up its arguments itself", outer.name))
                .hint(format!("leave `sum` out: `{flat}`")));
        }
        if inner_adds_up {
            return Err(Error::query(format!(
                "`{inner}` is a total already, and stands inside of `{}`",
                outer.name
            ))
            .hint(format!(
                "leave `{}` out, or compute `{inner}` for each group in a query inside this one",
                outer.name
            )));
        }
        Ok(())
    }
}

fn name(function: &Function) -> Option<String> {
    match &function.name.0[..] {
        [part] => part.as_ident().map(|name| match name.quote_style {
            Some(_) => name.value.clone(),
            None => name.value.to_ascii_lowercase(),
        }),
        _ => None,
    }
}

/// The clauses of a call.
#[derive(Debug, Clone, Copy)]
struct Clauses {
    over: bool,
    filter: bool,
    distinct: bool,
    order_by: bool,
    within_group: bool,
    nulls: Option<&'static str>,
}

impl Clauses {
    fn of(function: &Function) -> Self {
        let (mut distinct, mut order_by, mut nulls) = (false, false, function.null_treatment);
        if let FunctionArguments::List(list) = &function.args {
            distinct = matches!(list.duplicate_treatment, Some(DuplicateTreatment::Distinct));
            for clause in &list.clauses {
                match clause {
                    FunctionArgumentClause::OrderBy(_) => order_by = true,
                    FunctionArgumentClause::IgnoreOrRespectNulls(treatment) => nulls = Some(*treatment),
                    _ => {}
                }
            }
        }
        Self {
            over: function.over.is_some(),
            filter: function.filter.is_some(),
            distinct,
            order_by,
            within_group: !function.within_group.is_empty(),
            nulls: nulls.map(|treatment| match treatment {
                NullTreatment::IgnoreNulls => "IGNORE NULLS",
                NullTreatment::RespectNulls => "RESPECT NULLS",
            }),
        }
    }

    fn first(self) -> Option<&'static str> {
        let clauses = [
            (self.over, "OVER"),
            (self.filter, "FILTER"),
            (self.distinct, "DISTINCT"),
            (self.order_by, "ORDER BY"),
            (self.within_group, "WITHIN GROUP"),
        ];
        clauses.into_iter().find_map(|(given, name)| given.then_some(name)).or(self.nulls)
    }
}

/// Finds an aggregate inside of another one, not in a query of its own.
struct Nested<'a> {
    calls: &'a Calls<'a>,
    queries: usize,
    found: Option<(String, bool)>,
}

impl Visitor for Nested<'_> {
    type Break = ();

    fn pre_visit_query(&mut self, _: &Query) -> ControlFlow<()> {
        self.queries += 1;
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _: &Query) -> ControlFlow<()> {
        self.queries -= 1;
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        let Expr::Function(function) = expr else { return ControlFlow::Continue(()) };
        match (self.calls.kind(function), function.over.is_none() && self.queries == 0) {
            (Some(FunctionKind::Aggregate { treats_nulls: _, adds_up }), true) => {
                self.found = name(function).map(|name| (name, adds_up));
                ControlFlow::Break(())
            }
            _ => ControlFlow::Continue(()),
        }
    }
}

/// Puts the argument of each `sum` in its place.
struct WithoutSum;

impl VisitorMut for WithoutSum {
    type Break = ();

    fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
        if let Expr::Function(function) = expr
            && name(function).as_deref() == Some("sum")
            && let FunctionArguments::List(list) = &function.args
            && let [FunctionArg::Unnamed(FunctionArgExpr::Expr(argument))] = &list.args[..]
        {
            *expr = argument.clone();
        }
        ControlFlow::Continue(())
    }
}
