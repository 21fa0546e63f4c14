//! `marginql functions`: the functions with their documentation.

use std::process::ExitCode;

use marginql_udfs::OPERATOR_FUNCTIONS;

use super::{args::Common, session};
use crate::{
    console::{Ui, documentation_page, functions_batch, render_batch},
    error::{Error, Result},
    suggest::nearest,
};

pub(super) async fn functions(common: &Common, pattern: Option<&str>, all: bool, ui: Ui) -> Result<ExitCode> {
    let destination = session::destination(common, ui)?;
    let engine = session::engine(common, ui).await?;
    let functions = engine.functions();
    let exact: Vec<_> = functions.iter().filter(|function| Some(function.name.as_str()) == pattern).collect();
    if let [function, ..] = &exact[..] {
        ui.page(&documentation_page(function))?;
        return Ok(ExitCode::SUCCESS);
    }
    let found: Vec<_> = functions
        .iter()
        .filter(|function| match pattern {
            // Who looks for a name wants it wherever it comes from.
            Some(pattern) => function.name.contains(&pattern.to_lowercase()),
            // Nobody calls the functions behind the operators by name.
            None => all || (function.own && !OPERATOR_FUNCTIONS.contains(&function.name.as_str())),
        })
        .collect();
    if let (Some(pattern), []) = (pattern, &found[..]) {
        let error = Error::usage(format!("no function has `{pattern}` in its name"));
        return Err(match nearest(pattern, functions.iter().map(|function| function.name.as_str())) {
            Some(name) => error.hint(format!("did you mean `{name}`?")),
            None => error.hint("`marginql functions --all` lists all of them"),
        });
    }
    render_batch(&functions_batch(&found)?, &destination, ui)?;
    Ok(ExitCode::SUCCESS)
}
