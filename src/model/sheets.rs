//! Sheets of workbooks in the paths of a project: `book.xlsx#Costs`.

use crate::error::{Error, Result};

/// The sheet that paths name, and the paths without it.
///
/// # Errors
/// Several sheets: a table is read from one, in any number of workbooks.
pub(super) fn split(paths: Vec<String>) -> Result<(Option<String>, Vec<String>)> {
    let mut sheet: Option<String> = None;
    let mut files = Vec::with_capacity(paths.len());
    for path in paths {
        let Some((workbook, named)) = workbook_and_sheet(&path) else {
            files.push(path);
            continue;
        };
        if let Some(other) = sheet.as_ref().filter(|other| *other != named) {
            return Err(Error::config(format!(
                "a table is read from one sheet, and not from `{other}` and `{named}`"
            ))
            .hint("save a sheet as a file of its own"));
        }
        sheet = Some(named.to_owned());
        files.push(workbook.to_owned());
    }
    Ok((sheet, files))
}

/// The sheet that a path names.
pub fn sheet_of(path: &str) -> Option<&str> {
    workbook_and_sheet(path).map(|(_, sheet)| sheet)
}

fn workbook_and_sheet(path: &str) -> Option<(&str, &str)> {
    path.rsplit_once('#').filter(|(file, _)| is_workbook(file))
}

fn is_workbook(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    [".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"].iter().any(|extension| path.ends_with(extension))
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn a_sheet_follows_the_name_of_a_workbook() {
        let paths = |paths: &[&str]| split(paths.iter().map(|path| (*path).to_owned()).collect());
        let (sheet, files) = paths(&["a/b.xlsx#Costs", "c.XLS#Costs"]).expect("one sheet");
        assert_eq!(
            (sheet.as_deref(), files),
            (Some("Costs"), vec!["a/b.xlsx".to_owned(), "c.XLS".to_owned()])
        );
        assert_eq!(paths(&["a#b.csv"]).expect("no sheet"), (None, vec!["a#b.csv".to_owned()]));
        assert!(paths(&["b.xlsx#A", "b.xlsx#B"]).is_err());
    }
}
