//! In which currency a system keeps its books, as its first rows show.

use std::collections::BTreeMap;

use super::{
    connector::{ColumnKind, RawTable},
    header_names::normal,
    recognise::Beginning,
};

/// The currency of a system's own amounts, and why: rows with a rate of 1 are in it, else most rows are.
pub fn domestic_currency(files: &[(&Beginning, &RawTable)]) -> Option<(String, String)> {
    let mut by_rate: BTreeMap<String, (usize, String)> = BTreeMap::new();
    let mut by_rows = by_rate.clone();
    for (file, table) in files {
        // Lists of rates and of customers have currencies, but no amounts in them.
        if table.columns.iter().all(|column| column.kind != ColumnKind::Money) {
            continue;
        }
        let place = |wanted: &dyn Fn(&str) -> bool| {
            let columns = table.columns.iter().filter(|column| wanted(&column.name));
            let mut headers = columns.flat_map(|column| column.normal_headers());
            headers.find_map(|header| file.columns.iter().position(|column| normal(column) == header))
        };
        let currency =
            |name: &str| (name.contains("currency") || name == "mena") && !name.contains("original");
        let rate = |name: &str| name.ends_with("rate") || name == "kurz";
        let Some(currency) = place(&currency) else { continue };
        let rate = place(&rate);
        for row in &file.rows {
            let Some(code) = row.get(currency).and_then(|value| code(value)) else { continue };
            let counted = match rate {
                Some(rate) if row.get(rate).is_some_and(|rate| is_one(rate)) => &mut by_rate,
                Some(_) => continue,
                None => &mut by_rows,
            };
            counted.entry(code).or_insert_with(|| (0, file.path.clone())).0 += 1;
        }
    }
    let most = |counted: BTreeMap<String, (usize, String)>| {
        counted.into_iter().max_by_key(|(_, (rows, _))| *rows).map(|(code, (_, file))| (code, file))
    };
    match most(by_rate) {
        Some((code, file)) => Some((code, format!("rows of {file} with a rate of 1 are in it"))),
        None => most(by_rows).map(|(code, file)| (code, format!("the first rows of {file} are in it"))),
    }
}

/// The code of a currency, also behind the name of a list, as in `code:CZK`.
fn code(value: &str) -> Option<String> {
    let code = value.rsplit(':').next()?.trim();
    (code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase())).then(|| code.to_owned())
}

fn is_one(value: &str) -> bool {
    let value = value.trim().replace(',', ".");
    value == "1" || value.strip_prefix("1.").is_some_and(|rest| rest.bytes().all(|byte| byte == b'0'))
}
