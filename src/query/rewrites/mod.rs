//! Says in other words what is legal SQL and what planning refuses, or gets wrong.
//!
//! `spellings` knows other words for the same, `windows` resolves WINDOW, `using` the keys of `JOIN … USING`, `shadowing`
//! the names of WITH, `same_names` keeps apart what differs only by a cast. Columns have their headings before.

mod same_names;
mod shadowing;
mod spellings;
mod using;
mod windows;

pub(super) use same_names::SameNames;
pub(super) use shadowing::Shadowing;
pub(super) use spellings::Spellings;
pub(super) use using::Using;
pub(super) use windows::Windows;

use datafusion::sql::sqlparser::ast::Ident;

/// The name that an identifier means: letter case counts only in quotes.
fn normalized(name: &Ident) -> String {
    match name.quote_style {
        Some(_) => name.value.clone(),
        None => name.value.to_lowercase(),
    }
}
