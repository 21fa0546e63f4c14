//! Gives a query of WITH another name where it has that of one around it. Planning takes both for one.

use std::{collections::BTreeMap, ops::ControlFlow};

use datafusion::sql::sqlparser::ast::{
    Ident, ObjectName, Query, TableAlias, TableFactor, VisitMut, VisitorMut, With,
};

use super::normalized;

/// Keeps the queries of WITH apart.
#[derive(Default)]
pub(in crate::query) struct Shadowing {
    /// The names of WITH that can be seen, from the outside in, and what they are called now.
    scopes: Vec<BTreeMap<String, Ident>>,
    /// The WITH of each open query; they are visited before the rest.
    withs: Vec<Option<With>>,
    renamed: usize,
}

impl VisitorMut for Shadowing {
    type Break = ();

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<()> {
        let mut with = query.with.take();
        self.scopes.push(BTreeMap::new());
        if let Some(With { recursive, cte_tables, with_token: _ }) = &mut with {
            for cte in cte_tables {
                let name = normalized(&cte.alias.name);
                let now = self.name_now(&name, &cte.alias.name);
                // A query sees itself only if it is recursive, and those before it always.
                if *recursive {
                    self.add(&name, &now);
                }
                cte.query.visit(self)?;
                self.add(&name, &now);
                cte.alias.name = now;
            }
        }
        self.withs.push(with);
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, query: &mut Query) -> ControlFlow<()> {
        self.scopes.pop();
        query.with = self.withs.pop().flatten();
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<()> {
        let TableFactor::Table { name, alias, args: None, .. } = factor else {
            return ControlFlow::Continue(());
        };
        let [part] = &name.0[..] else { return ControlFlow::Continue(()) };
        let Some(written) = part.as_ident() else { return ControlFlow::Continue(()) };
        let key = normalized(written);
        let now = self.scopes.iter().rev().find_map(|scope| scope.get(&key));
        if let Some(now) = now
            && normalized(now) != key
        {
            let shown = TableAlias { explicit: true, name: written.clone(), columns: Vec::new(), at: None };
            alias.get_or_insert(shown);
            *name = ObjectName::from(vec![now.clone()]);
        }
        ControlFlow::Continue(())
    }
}

impl Shadowing {
    fn name_now(&mut self, name: &str, written: &Ident) -> Ident {
        let (own, around) = match self.scopes.split_last() {
            Some(scopes) => scopes,
            None => return written.clone(),
        };
        // The same name twice in one WITH is an error, which the planner explains.
        if own.contains_key(name) || !around.iter().any(|scope| scope.contains_key(name)) {
            return written.clone();
        }
        self.renamed += 1;
        Ident { value: format!("{name} {}", self.renamed + 1), quote_style: Some('"'), span: written.span }
    }

    fn add(&mut self, name: &str, now: &Ident) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.insert(name.to_owned(), now.clone());
        }
    }
}
