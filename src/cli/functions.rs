//! `marginql functions`: the functions with their documentation.

use std::{process::ExitCode, sync::Arc};

use arrow::array::{RecordBatch, StringArray};
use marginql_udfs::OPERATOR_FUNCTIONS;

use super::{
    args::Common,
    render::{Destination, render_batch},
    session,
    tables::batch,
    ui::Ui,
};
use crate::{
    engine::FunctionDescription,
    error::{Error, Result},
    suggest::nearest,
};

pub(super) async fn functions(common: &Common, pattern: Option<&str>, all: bool, ui: Ui) -> Result<ExitCode> {
    let destination = Destination::of(common, ui)?;
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

/// One row for each function.
///
/// # Errors
/// None that a user can cause.
pub fn functions_batch(functions: &[&FunctionDescription]) -> Result<RecordBatch> {
    let column = |value: &dyn Fn(&FunctionDescription) -> Option<String>| {
        Arc::new(functions.iter().map(|function| value(function)).collect::<StringArray>()) as _
    };
    let documentation = |function: &FunctionDescription| function.documentation.clone();
    batch(vec![
        ("function", column(&|function| Some(function.name.clone()))),
        ("kind", column(&|function| Some(function.kind.name().to_owned()))),
        ("syntax", column(&|function| documentation(function).map(|text| text.syntax_example))),
        (
            "description",
            column(&|function| documentation(function).map(|text| first_sentence(&text.description))),
        ),
    ])
}

fn first_sentence(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.find(". ") {
        Some(end) => text[..=end].to_owned(),
        None => text,
    }
}

/// All that is known of one function, as Markdown.
pub fn documentation_page(function: &FunctionDescription) -> String {
    let mut page = format!("## {}\n\n", function.name);
    let Some(documentation) = &function.documentation else {
        page.push_str("This function has no documentation.\n");
        return page;
    };
    page.push_str(&format!("{}\n\n", documentation.description.trim()));
    page.push_str(&format!("```sql\n{}\n```\n", documentation.syntax_example.trim()));
    if let Some(arguments) = documentation.arguments.as_ref().filter(|arguments| !arguments.is_empty()) {
        page.push('\n');
        for (name, meaning) in arguments {
            page.push_str(&format!("* `{name}`: {}\n", meaning.trim()));
        }
    }
    if let Some(example) = &documentation.sql_example {
        let example = example.trim();
        match example.starts_with("```") {
            true => page.push_str(&format!("\n{example}\n")),
            false => page.push_str(&format!("\n```sql\n{example}\n```\n")),
        }
    }
    page
}
