//! What is known of functions, as Markdown: one of them, or the whole reference.

use std::collections::BTreeMap;

use crate::engine::FunctionDescription;

const INTRODUCTION: &str = "\
# SQL functions

Written by `UPDATE_DOCS=1 cargo test --test tidy`, from the functions' own documentation. All functions of Apache DataFusion are there
as well; `marginql functions --all` lists them. The rules of the arithmetic are in [semantics.md](semantics.md).
";

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

/// The reference of marginql's own functions, by section; `docs/functions.md` is this text.
pub fn function_reference(functions: &[FunctionDescription]) -> String {
    let mut sections: BTreeMap<&str, Vec<&FunctionDescription>> = BTreeMap::new();
    for function in functions.iter().filter(|function| function.own) {
        let section = function.documentation.as_ref().map_or("Others", |text| text.doc_section.label);
        sections.entry(section).or_default().push(function);
    }
    let mut page = String::from(INTRODUCTION);
    for (section, functions) in sections {
        page.push_str(&format!("\n# {section}\n"));
        for function in functions {
            page.push_str(&format!("\n{}", documentation_page(function)));
        }
    }
    page
}
