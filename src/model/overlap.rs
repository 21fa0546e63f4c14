//! Rows that stand in two files of one table: exports that overlap, and count the same thing twice.
//!
//! Tables with a natural key need no such search: of each key, one row counts.

use datafusion::{
    functions_aggregate::expr_fn::{count, max, min, sum},
    logical_expr::{Expr, LogicalPlanBuilder, cast, ident, lit},
};

use super::{
    columns::Found,
    connected::Connected,
    connector::{ColumnKind, RawTable},
    inspection::{Subject, text_at},
    staging::SOURCE_FILE,
};
use crate::error::{Error, Result};

/// What two files have in common.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct Overlap {
    /// Rows that count more than once.
    pub(super) rows: u64,
    /// Whether they have numbers of their own, such as that of a document, so that they can hardly be two of a kind.
    pub(super) has_numbers: bool,
    /// Two files, one of the numbers, and the amount that counts twice.
    pub(super) example: String,
}

impl Connected {
    /// The rows of a raw table that stand in two of its files; none if it has a natural key or one file.
    pub(super) async fn overlap(&self, table: &RawTable) -> Result<Option<Overlap>> {
        let opened = self.open(table).await?;
        if !table.natural_key.is_empty() || opened.files < 2 {
            return Ok(None);
        }
        let key = self.key("overlap", &table.name);
        if let Some(known) = self.sources.remembered(&key, &opened.identity) {
            return Ok(known);
        }
        let state = self.planner.state()?;
        let found = self.found(table, &opened.provider.schema())?;
        let overlap = self.subject(table, &opened.provider, &found, &state)?.overlap().await?;
        self.sources.remember(&key, &opened.identity, &overlap);
        Ok(overlap)
    }
}

impl Subject<'_> {
    /// Looks for rows that are the same in two files.
    ///
    /// # Errors
    /// Files that cannot be read.
    pub(super) async fn overlap(&self) -> Result<Option<Overlap>> {
        let cannot = |error| Error::query("files cannot be compared").caused_by(error);
        let values = self.values()?;
        let names: Vec<String> = values.iter().map(|(name, _)| name.clone()).collect();
        let of_kind = |is: fn(&Found<'_>) -> bool| {
            self.found.iter().find(|found| found.raw.is_some() && is(found)).map(|found| &found.column.name)
        };
        let number = of_kind(|found| {
            let name = &found.column.name;
            found.column.kind == ColumnKind::Key && (name == "document" || name.ends_with("_id"))
        });
        let money = of_kind(|found| found.column.kind == ColumnKind::Money);
        let mut columns: Vec<Expr> = values.into_iter().map(|(name, value)| value.alias(name)).collect();
        columns.push(ident(SOURCE_FILE));
        let mut in_file: Vec<Expr> = names.iter().map(ident).collect();
        in_file.push(ident(SOURCE_FILE));
        let surplus = || ident(" all") - ident(" most");
        let text = |expr: Expr| cast(expr, datafusion::arrow::datatypes::DataType::Utf8View);
        let mut answers = vec![
            sum(surplus()).alias(" surplus"),
            text(min(ident(" first"))).alias(" file"),
            text(max(ident(" last"))).alias(" other"),
        ];
        answers.extend(number.map(|name| text(min(ident(name))).alias(" number")));
        answers.extend(money.map(|name| text(sum(ident(name) * surplus())).alias(" amount")));
        let plan = LogicalPlanBuilder::from(self.raw.clone())
            .project(columns)
            .and_then(|plan| plan.aggregate(in_file, [count(lit(1)).alias(" rows")]))
            .and_then(|plan| {
                plan.aggregate(
                    names.iter().map(ident),
                    [
                        count(lit(1)).alias(" files"),
                        sum(ident(" rows")).alias(" all"),
                        max(ident(" rows")).alias(" most"),
                        min(ident(SOURCE_FILE)).alias(" first"),
                        max(ident(SOURCE_FILE)).alias(" last"),
                    ],
                )
            })
            .and_then(|plan| plan.filter(ident(" files").gt(lit(1_i64))))
            .and_then(|plan| plan.aggregate(Vec::<Expr>::new(), answers))
            .and_then(LogicalPlanBuilder::build)
            .map_err(cannot)?;
        let batches = self.planner.collect(&plan, &self.text()).await?;
        let Some(batch) = batches.iter().find(|batch| batch.num_rows() > 0) else { return Ok(None) };
        let mut answers = batch.columns().iter().map(|column| text_at(column, 0));
        let mut next = || answers.next().transpose().map(Option::flatten);
        let rows = next()?.and_then(|text| text.parse().ok()).unwrap_or_default();
        if rows == 0 {
            return Ok(None);
        }
        let (first, other) = (next()?.unwrap_or_default(), next()?.unwrap_or_default());
        let number = if number.is_some() { next()? } else { None };
        let amount = if money.is_some() { next()? } else { None };
        let mut example = format!("{first} and {other}");
        if let Some(number) = &number {
            example = format!("{number} in {example}");
        }
        if let Some(amount) = amount {
            example.push_str(&format!("; together {amount} too much"));
        }
        Ok(Some(Overlap { rows, has_numbers: number.is_some(), example }))
    }
}
