//! What tells one plan, over one state of what it reads, from every other.
//!
//! Two plans of one identity give the same rows, in whichever session: the identity is made of the plan itself, of the states of
//! its tables, and of the program, whose functions may change.

use std::{
    any::Any,
    hash::{Hash, Hasher},
    io::{self, Write},
    sync::{Arc, LazyLock},
    time::UNIX_EPOCH,
};

use datafusion::{
    arrow::ipc::writer::StreamWriter,
    catalog::{TableProvider, cte_worktable::CteWorkTable},
    common::tree_node::{TreeNode, TreeNodeRecursion},
    datasource::{MemTable, empty::EmptyTable, source_as_provider},
    error::Result,
    execution::context::SessionState,
    logical_expr::{Expr, LogicalPlan, Volatility},
};

/// Another program may give other rows for the same plan.
static PROGRAM: LazyLock<String> = LazyLock::new(|| {
    let metadata = std::env::current_exe().and_then(std::fs::metadata).ok();
    let state = metadata.map(|metadata| {
        let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        (metadata.len(), modified)
    });
    format!("{} {state:?}", env!("CARGO_PKG_VERSION"))
});

/// The identity of a plan; none if a function in it gives something else each time, or a table of it cannot be told from
/// another.
///
/// `of_table` knows the tables that are not in memory, or were computed in this session.
pub(super) fn of_plan(
    plan: &LogicalPlan,
    state: &SessionState,
    of_table: &dyn Fn(&Arc<dyn TableProvider>) -> Option<String>,
) -> Result<Option<String>> {
    let mut digest = Digest::default();
    digest.text(&PROGRAM);
    digest.text(&format!("{:?}", state.config_options().execution.time_zone));
    let is_told = add_plan(&mut digest, plan, of_table)?;
    Ok(is_told.then(|| digest.0.finalize().to_hex().to_string()))
}

fn add_plan(
    digest: &mut Digest,
    plan: &LogicalPlan,
    of_table: &dyn Fn(&Arc<dyn TableProvider>) -> Option<String>,
) -> Result<bool> {
    // What is shown names every literal and type; the hash also knows what is not shown, such as how a join takes NULL.
    digest.text(&plan.display_indent_schema().to_string());
    plan.hash(digest);
    let mut is_told = true;
    plan.apply_with_subqueries(|node| {
        is_told &= match node {
            LogicalPlan::TableScan(scan) => add_table(digest, &source_as_provider(&scan.source)?, of_table)?,
            LogicalPlan::Extension(_) => false,
            _ => true,
        };
        node.apply_expressions(|expr| {
            is_told &= always_gives_the_same(expr)?;
            Ok(TreeNodeRecursion::Continue)
        })?;
        Ok(if is_told { TreeNodeRecursion::Continue } else { TreeNodeRecursion::Stop })
    })?;
    Ok(is_told)
}

fn add_table(
    digest: &mut Digest,
    table: &Arc<dyn TableProvider>,
    of_table: &dyn Fn(&Arc<dyn TableProvider>) -> Option<String>,
) -> Result<bool> {
    if let Some(identity) = of_table(table) {
        digest.text(&identity);
        return Ok(true);
    }
    if let Some(plan) = table.get_logical_plan() {
        return add_plan(digest, &plan, of_table);
    }
    let provider: &dyn Any = table.as_ref();
    match provider.downcast_ref::<MemTable>() {
        Some(rows) => add_rows(digest, rows),
        // Their schemas say everything about them.
        None => Ok(provider.is::<EmptyTable>() || provider.is::<CteWorkTable>()),
    }
}

/// Rows that the program made, such as what the project file says.
fn add_rows(digest: &mut Digest, table: &MemTable) -> Result<bool> {
    let mut writer = StreamWriter::try_new(&mut *digest, &table.schema())?;
    for partition in &table.batches {
        let Ok(batches) = partition.try_read() else { return Ok(false) };
        for batch in batches.iter() {
            writer.write(batch)?;
        }
    }
    writer.finish()?;
    Ok(true)
}

fn always_gives_the_same(expr: &Expr) -> Result<bool> {
    let varies = expr.exists(|expr| {
        Ok(match expr {
            Expr::ScalarFunction(call) => call.func.signature().volatility != Volatility::Immutable,
            Expr::AggregateFunction(call) => call.func.signature().volatility != Volatility::Immutable,
            Expr::WindowFunction(call) => call.fun.signature().volatility != Volatility::Immutable,
            _ => false,
        })
    })?;
    Ok(!varies)
}

/// Takes whatever is hashed or written.
#[derive(Default)]
struct Digest(blake3::Hasher);

impl Digest {
    fn text(&mut self, text: &str) {
        // The length tells where one text ends and the next begins.
        self.0.update(&text.len().to_le_bytes());
        self.0.update(text.as_bytes());
    }
}

impl Hasher for Digest {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The short form of the digest; nobody asks for it.
    fn finish(&self) -> u64 {
        let digest = self.0.finalize();
        digest.as_bytes().iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
    }
}

impl Write for Digest {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use datafusion::prelude::SessionContext;

    use super::*;

    async fn identity(context: &SessionContext, sql: &str) -> Option<String> {
        let plan = context.state().create_logical_plan(sql).await.expect("plans");
        of_plan(&plan, &context.state(), &|_| None).expect("is told")
    }

    async fn session(rows: &str) -> SessionContext {
        let context = SessionContext::new();
        let sql = format!("CREATE TABLE t AS SELECT * FROM (VALUES {rows}) AS v(a, b)");
        context.sql(&sql).await.expect("plans").collect().await.expect("runs");
        context
    }

    #[tokio::test]
    async fn the_same_plan_over_the_same_rows_is_the_same_in_another_session() {
        let sql = "SELECT a, sum(b) AS s FROM t WHERE a > 0 GROUP BY a";
        let one = identity(&session("(1, 2), (3, 4)").await, sql).await;
        assert!(one.is_some());
        assert_eq!(one, identity(&session("(1, 2), (3, 4)").await, sql).await);
    }

    #[tokio::test]
    async fn other_rows_literals_types_and_joins_are_others() {
        let context = session("(1, 2), (3, 4)").await;
        let sql = "SELECT a FROM t WHERE b > 1";
        let first = identity(&context, sql).await.expect("is told");
        assert_ne!(Some(first.clone()), identity(&session("(1, 2), (3, 5)").await, sql).await);
        for other in [
            "SELECT a FROM t WHERE b > 2",
            "SELECT a FROM t WHERE b > CAST(1 AS INT)",
            "SELECT a FROM t WHERE b > 1 AND a IN (SELECT a FROM t)",
            "SELECT a FROM t WHERE b > 1 AND a IN (SELECT b FROM t)",
            "SELECT b AS a FROM t WHERE b > 1",
        ] {
            assert_ne!(Some(first.clone()), identity(&context, other).await, "{other}");
        }
        let join = |on: &str| format!("SELECT l.a FROM t AS l JOIN t AS r ON {on}");
        let plain = identity(&context, &join("l.a = r.a")).await;
        assert_ne!(plain, identity(&context, &join("l.a IS NOT DISTINCT FROM r.a")).await);
    }

    #[tokio::test]
    async fn what_changes_with_the_clock_or_by_chance_has_none() {
        let context = session("(1, 2)").await;
        assert_eq!(identity(&context, "SELECT a, now() FROM t").await, None);
        assert_eq!(identity(&context, "SELECT a FROM t WHERE random() > 0.5").await, None);
        assert_eq!(
            identity(&context, "SELECT a FROM t WHERE a IN (SELECT b FROM t WHERE random() > 0.5)").await,
            None
        );
    }
}
