//! Runs SQL in a session that knows nothing but `register_all`, and gives back plain text.

use datafusion::{
    arrow::{
        array::RecordBatch,
        util::display::{ArrayFormatter, FormatOptions},
    },
    error::Result,
    prelude::{SessionConfig, SessionContext},
};

/// A plain session: DataFusion's defaults, so that `0.1` is a double to the parser.
pub fn session() -> SessionContext {
    register(SessionConfig::new().with_target_partitions(2))
}

/// A session whose parser reads `0.1` as a decimal.
pub fn decimal_session() -> SessionContext {
    let mut config = SessionConfig::new().with_target_partitions(2);
    config.options_mut().sql_parser.parse_float_as_decimal = true;
    register(config)
}

fn register(config: SessionConfig) -> SessionContext {
    let mut ctx = SessionContext::new_with_config(config);
    marginql_udfs::register_all(&mut ctx).expect("every function has a free name");
    ctx
}

/// The rows of a query in `ctx`: values by `, `, rows by `; `.
pub async fn rows_in(ctx: &SessionContext, sql: &str) -> Result<String> {
    let batches = ctx.sql(sql).await?.collect().await?;
    Ok(batches.iter().flat_map(row_texts).collect::<Vec<_>>().join("; "))
}

fn row_texts(batch: &RecordBatch) -> Vec<String> {
    let options = FormatOptions::new().with_null("NULL");
    let columns: Vec<_> = batch
        .columns()
        .iter()
        .map(|column| ArrayFormatter::try_new(column.as_ref(), &options).expect("every type can be shown"))
        .collect();
    (0..batch.num_rows())
        .map(|row| columns.iter().map(|column| column.value(row).to_string()).collect::<Vec<_>>().join(", "))
        .collect()
}

/// The rows of a query, with decimal literals.
pub async fn rows(sql: &str) -> String {
    match rows_in(&decimal_session(), sql).await {
        Ok(rows) => rows,
        Err(error) => panic!("{sql}\n{error}"),
    }
}

/// The rows of a query, in both sessions; they must agree.
pub async fn rows_in_both(sql: &str) -> String {
    let rows = rows(sql).await;
    match rows_in(&session(), sql).await {
        Ok(plain) => assert_eq!(plain, rows, "the parser's literals make a difference: {sql}"),
        Err(error) => panic!("{sql}\n{error}"),
    }
    rows
}

/// The message of a query that must fail.
pub async fn failure(sql: &str) -> String {
    failure_in(&decimal_session(), sql).await
}

/// The message of a query that must fail in `ctx`.
pub async fn failure_in(ctx: &SessionContext, sql: &str) -> String {
    match rows_in(ctx, sql).await {
        Ok(rows) => panic!("`{sql}` gave {rows}"),
        Err(error) => error.to_string(),
    }
}
