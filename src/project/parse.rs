//! From the text of a project file to a [`Project`]: every section but the pools.

use std::{
    collections::HashMap,
    path::{self, Path, PathBuf},
};

use toml::de::DeValue;

use super::{
    Control, Customers, HeaderName, OptionValue, Project, SourceDeclaration, TableFiles, ViewDeclaration,
    choice::{AllocationMethod, Choice, MatchRule, REVENUE_PARTS, Recognition, SERVICE_PARTS},
    document::{Entry, Section, parse_toml},
    feeds, health, keys, pools, valuation, values,
};
use crate::{
    error::{Error, Result},
    query::Text,
    suggest::nearest,
};

/// What a control can be the total of, beside categories.
const TOTALS: [&str; 3] = ["revenue", "costs", "subscriptions"];

const FUTURE_DAYS_MAX: u32 = 400;

/// Parses and validates a project file.
pub(super) fn project(file: PathBuf, text: Text) -> Result<Project> {
    let document = parse_toml(&text, "the project file")?;
    let root = Section::root(&text, document.get_ref(), keys::FILE)?;
    let directory = match file.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    };
    let project = root.required("project", "[project]")?.section(keys::PROJECT)?;
    let currency = values::currency(&project.required("currency", "currency = \"USD\"")?)?;
    let name = match project.get("name") {
        Some(entry) => entry.text()?.to_owned(),
        None => name_of(&directory),
    };
    let fiscal_year_starts = match project.get("fiscal_year_starts") {
        Some(entry) => values::integer(&entry, 1, 12)?,
        None => 1,
    };
    let time_zone = match project.get("time_zone") {
        Some(entry) => values::time_zone(&entry)?,
        None => "UTC".to_owned(),
    };
    let as_of = project.get("as_of").map(|entry| values::date(&entry)).transpose()?;
    let future_days_max = match project.get("future_days_max") {
        Some(entry) => values::integer(&entry, 0, 36_500)?,
        None => FUTURE_DAYS_MAX,
    };
    let sources = sources(&root)?;
    let customers = customers(&root, &sources)?;
    let pools = pools::pools(&root)?;
    let allocation_method = setting(&root, "allocation", keys::ALLOCATION, "method", "allocation method")?
        .unwrap_or(AllocationMethod::Direct);
    let effective_feeds = feeds::effective_feeds(&pools, allocation_method, &text)?;
    let service = service(&root)?;
    let recognition =
        setting(&root, "ledger", keys::LEDGER, "recognition", "recognition")?.unwrap_or(Recognition::Posted);
    let health = health::health(&root)?;
    let valuation = valuation::valuation(&root)?;
    let (rates, rates_options) = match root.get("fx") {
        Some(entry) => {
            let section = entry.section(keys::FX)?;
            (section.get("rates").map(|entry| entry.located_text()).transpose()?, options(&section)?)
        }
        None => (None, Vec::new()),
    };
    let controls = controls(&root, &sources)?;
    let views = views(&root)?;
    Ok(Project {
        file,
        directory,
        name,
        currency,
        fiscal_year_starts,
        time_zone,
        as_of,
        future_days_max,
        sources,
        customers,
        pools,
        allocation_method,
        effective_feeds,
        service,
        recognition,
        health,
        valuation,
        rates,
        rates_options,
        controls,
        views,
        text: text.clone(),
    })
}

fn name_of(directory: &Path) -> String {
    let absolute = path::absolute(directory).ok();
    let name = absolute.as_deref().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    name.unwrap_or_else(|| "project".to_owned())
}

/// The only setting of a section, if it is given.
fn setting<T: Choice>(
    root: &Section<'_>,
    section: &str,
    keys: &'static [keys::Key],
    key: &str,
    what: &str,
) -> Result<Option<T>> {
    let Some(section) = root.get(section) else { return Ok(None) };
    section.section(keys)?.get(key).map(|entry| values::choice(&entry, what)).transpose()
}

fn sources(root: &Section<'_>) -> Result<Vec<SourceDeclaration>> {
    let Some(entry) = root.get("sources") else { return Ok(Vec::new()) };
    entry.open_section(&[])?.entries().iter().map(source).collect()
}

fn source(entry: &Entry<'_>) -> Result<SourceDeclaration> {
    values::check_name(entry, "source")?;
    if super::RESERVED_SOURCES.contains(&entry.key) {
        return Err(Error::config(format!("a source cannot be named `{}`", entry.key))
            .at(entry.key_place())
            .note("a schema has this name already")
            .hint("name it after the system it comes from"));
    }
    let section = entry.open_section(keys::SOURCE)?;
    let connector = connector(&section)?;
    let mut tables = Vec::new();
    for table in section.entries() {
        if !keys::SOURCE.iter().any(|key| key.name == table.key) {
            tables.push(table_files(&table)?);
        }
    }
    let options = options(&section)?;
    let headers = match section.get("columns") {
        Some(columns) => headers(&columns)?,
        None => Vec::new(),
    };
    Ok(SourceDeclaration {
        name: entry.key.to_owned(),
        connector,
        tables,
        options,
        headers,
        span: entry.key_span.clone(),
    })
}

fn connector(section: &Section<'_>) -> Result<super::Located<String>> {
    if section.get("connector").is_none() {
        // Any other key is taken for a table, so a slip of the finger has to be noticed here.
        let slip = section.entries().into_iter().find(|entry| nearest(entry.key, ["connector"]).is_some());
        if let Some(slip) = slip {
            return Err(Error::config(format!("`{}` has no `connector`", section.heading))
                .at(slip.key_place())
                .hint("did you mean `connector`?"));
        }
    }
    section.required("connector", "connector = \"generic\"")?.located_text()
}

fn table_files(entry: &Entry<'_>) -> Result<TableFiles> {
    if let DeValue::Table(_) = entry.value {
        return Err(entry.must_be("the path of a table's files").hint(
            match nearest(entry.key, ["options"]) {
                Some(_) => "did you mean `options`?".to_owned(),
                None => "write a path, a pattern such as \"exports/*.csv\", or a list of them".to_owned(),
            },
        ));
    }
    let mut paths: Vec<String> = Vec::new();
    for item in entry.one_or_more()? {
        let path = item.text_like("a path, or a list of paths")?;
        if paths.iter().any(|other| other == path) {
            return Err(Error::config(format!("`{}` names `{path}` twice", entry.path))
                .at(item.place())
                .hint("keep one of the two: its rows would count twice"));
        }
        paths.push(path.to_owned());
    }
    Ok(TableFiles {
        table: entry.key.to_owned(),
        paths,
        span: entry.key_span.clone(),
        paths_span: entry.span.clone(),
    })
}

fn options(section: &Section<'_>) -> Result<Vec<OptionValue>> {
    match section.get("options") {
        Some(options) => options.open_section(&[])?.entries().iter().map(option).collect(),
        None => Ok(Vec::new()),
    }
}

fn option(entry: &Entry<'_>) -> Result<OptionValue> {
    let items = entry.items();
    let is_list = items.is_some();
    let texts =
        items.unwrap_or_else(|| vec![entry.clone()]).iter().map(option_text).collect::<Result<_>>()?;
    if entry.key == "currency" {
        values::currency(entry)?;
    }
    Ok(OptionValue {
        name: entry.key.to_owned(),
        texts,
        is_list,
        span: entry.key_span.clone(),
        value_span: entry.span.clone(),
    })
}

/// `[sources.NAME.columns.TABLE]` with `"HEADER" = "column"`.
fn headers(entry: &Entry<'_>) -> Result<Vec<HeaderName>> {
    let mut headers = Vec::new();
    for table in entry.open_section(&[])?.entries() {
        for header in table.open_section(&[])?.entries() {
            headers.push(HeaderName {
                table: table.key.to_owned(),
                header: header.key.to_owned(),
                column: header.text_like("the name of a column of the connector")?.to_owned(),
                span: header.key_span.clone(),
            });
        }
    }
    Ok(headers)
}

/// The text of an option's value; a number keeps the digits of the file.
fn option_text(entry: &Entry<'_>) -> Result<String> {
    Ok(match entry.value {
        DeValue::String(text) => text.to_string(),
        DeValue::Integer(number) => number.to_string(),
        DeValue::Float(number) => number.to_string(),
        DeValue::Boolean(value) => value.to_string(),
        DeValue::Datetime(date) => date.to_string(),
        DeValue::Array(_) | DeValue::Table(_) => {
            return Err(entry.must_be("a text, a number, a date, true or false, or a list of them"));
        }
    })
}

fn customers(root: &Section<'_>, sources: &[SourceDeclaration]) -> Result<Customers> {
    let Some(entry) = root.get("customers") else { return Ok(Customers::default()) };
    let section = entry.section(keys::CUSTOMERS)?;
    let master = match section.get("master") {
        Some(entry) => {
            check_source(&entry, sources)?;
            Some(entry.located_text()?)
        }
        None => None,
    };
    let crosswalk = section.get("crosswalk").map(|entry| entry.located_text()).transpose()?;
    let mut matchers: Vec<MatchRule> = Vec::new();
    if let Some(rules) = section.get("match") {
        // An empty list is a decision: nothing but the crosswalk matches.
        for item in rules.items().ok_or_else(|| {
            rules.must_be("a list of rules").hint("write for example match = [\"tax_id\", \"domain\"]")
        })? {
            let rule: MatchRule = values::choice(&item, "match rule")?;
            if matchers.contains(&rule) {
                return Err(Error::config(format!("`{}` names `{}` twice", item.path, rule.name()))
                    .at(item.place())
                    .hint("keep the first"));
            }
            matchers.push(rule);
        }
    }
    Ok(Customers { master, crosswalk, matchers })
}

/// Checks that a text names a source of the project.
fn check_source(entry: &Entry<'_>, sources: &[SourceDeclaration]) -> Result<()> {
    let name = entry.text()?;
    if sources.iter().any(|source| source.name == name) {
        return Ok(());
    }
    let names: Vec<_> = sources.iter().map(|source| source.name.as_str()).collect();
    Err(Error::config(format!("`{}` names a source `{name}` that is not in the project file", entry.path))
        .at(entry.place())
        .hint(match names.is_empty() {
            true => format!("add a section `[sources.{name}]`"),
            false => values::meant(name, &names),
        }))
}

fn service(root: &Section<'_>) -> Result<Vec<String>> {
    let default = || vec!["support".to_owned(), "success".to_owned()];
    let Some(section) = root.get("margins") else { return Ok(default()) };
    let Some(entry) = section.section(keys::MARGINS)?.get("service") else { return Ok(default()) };
    if entry.items().is_none() {
        return Err(entry.must_be("a list of parts").hint("write for example service = [\"support\"]"));
    }
    let mut parts: Vec<String> = Vec::new();
    for item in entry.one_or_more()? {
        let part = item.text()?;
        if !SERVICE_PARTS.contains(&part) {
            return Err(Error::config(format!("unknown part of a cost category `{part}`"))
                .at(item.place())
                .hint(values::meant(part, &SERVICE_PARTS)));
        }
        if parts.iter().any(|other| other == part) {
            return Err(Error::config(format!("`{}` names `{part}` twice", item.path))
                .at(item.place())
                .hint("keep one of the two"));
        }
        parts.push(part.to_owned());
    }
    Ok(parts)
}

fn controls(root: &Section<'_>, sources: &[SourceDeclaration]) -> Result<Vec<Control>> {
    let Some(entry) = root.get("controls") else { return Ok(Vec::new()) };
    let mut controls = Vec::new();
    let mut known = HashMap::new();
    for section in entry.sections(keys::CONTROL)? {
        let source = section.required("source", "source = \"erp\"")?;
        check_source(&source, sources)?;
        let what = section.required("what", "what = \"revenue\"")?;
        let month = match is_column(what.text()?, source.text()?, sources) {
            true => match section.get("month") {
                None => None,
                Some(month) => {
                    let error = Error::config("the total of a column of a file has no month");
                    return Err(error
                        .at(month.place())
                        .hint("leave out `month`: all rows of the file count"));
                }
            },
            false => {
                check_total(&what)?;
                Some(values::month(&section.required("month", "month = \"2025-03\"")?)?)
            }
        };
        let amount = section.required("amount", "amount = \"184220.15\"")?;
        let amount = values::decimal(&amount, "an amount such as \"184220.15\"", 4)?;
        let (source, what) = (source.text()?.to_owned(), what.text()?.to_owned());
        let identity = (source.clone(), month, what.clone());
        if known.insert(identity, section.span.clone()).is_some() {
            let month = month.map(|month| format!(" for {}", month.format("%Y-%m"))).unwrap_or_default();
            return Err(Error::config(format!("there are two controls of `{what}` of `{source}`{month}"))
                .at(section.place())
                .hint("keep the one that is right"));
        }
        controls.push(Control { source, month, what, amount, span: section.span.clone() });
    }
    Ok(controls)
}

/// Whether a control is the total of a column of a file: `table.column`, and not a category with its kind before it.
fn is_column(what: &str, source: &str, sources: &[SourceDeclaration]) -> bool {
    let Some((first, rest)) = what.split_once('.') else { return false };
    let has_files = |table: &str| {
        let declared = sources.iter().find(|declared| declared.name == source);
        declared.is_some_and(|source| source.tables.iter().any(|files| files.table == table))
    };
    has_files(first) && !parts_of(first).contains(&first_part(rest))
}

/// The first parts of the categories of a kind.
fn parts_of(kind: &str) -> &'static [&'static str] {
    match kind {
        "revenue" => &REVENUE_PARTS,
        "costs" => &SERVICE_PARTS,
        _ => &[],
    }
}

fn first_part(category: &str) -> &str {
    category.split('.').next().unwrap_or(category)
}

/// Checks what a control is the total of.
fn check_total(entry: &Entry<'_>) -> Result<()> {
    let what = entry.text()?;
    let first = first_part(what);
    let parts = || REVENUE_PARTS.into_iter().chain(SERVICE_PARTS);
    let of_kind = what.split_once('.').is_some_and(|(kind, rest)| parts_of(kind).contains(&first_part(rest)));
    if REVENUE_PARTS.contains(&what) && SERVICE_PARTS.contains(&what) {
        return Err(Error::config(format!("`{what}` is a part of revenue and a part of costs"))
            .at(entry.place())
            .hint(format!("say which of them: `revenue.{what}` or `costs.{what}`")));
    }
    if TOTALS.contains(&what) || of_kind || parts().any(|part| part == first) {
        return Ok(());
    }
    let meant = nearest(what, TOTALS.into_iter().chain(parts())).or_else(|| nearest(first, parts()));
    let error = entry.must_be(
        "`revenue`, `costs`, `subscriptions`, a category such as `support.salaries`, or a column of the source's files \
         such as `ar_trn_detail.net_sales_value`",
    );
    Err(error.hint(match meant {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => {
            "categories of revenue and cost are listed in the documentation of the project file".to_owned()
        }
    }))
}

fn views(root: &Section<'_>) -> Result<Vec<ViewDeclaration>> {
    let Some(entry) = root.get("views") else { return Ok(Vec::new()) };
    let view = |entry: &Entry<'_>| {
        values::check_name(entry, "view")?;
        Ok(ViewDeclaration {
            name: entry.key.to_owned(),
            path: entry.text_like("the path of a SQL file")?.to_owned(),
            span: entry.key_span.clone(),
            path_span: entry.span.clone(),
        })
    };
    entry.open_section(&[])?.entries().iter().map(view).collect()
}
