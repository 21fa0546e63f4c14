//! Joins the canonical tables of all sources: the same columns and types from each, and the source's name.

use std::sync::Arc;

use datafusion::{
    arrow::datatypes::{DataType, Field, Schema, SchemaRef},
    catalog::TableProvider,
    common::{Column, ScalarValue},
    datasource::empty::EmptyTable,
    logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, cast, ident, lit, when},
};

use super::{
    canonical::{Canonical, CanonicalColumn},
    columns,
    connected::Connected,
    plans::{scan, union_all},
};
use crate::{
    error::{Error, Result},
    suggest::nearest,
};

/// Columns in which a day beyond all plans, such as 9999-12-31, says that there is no end.
const OPEN_ENDS: [&str; 2] = ["ended_on", "churned_on"];

/// The first of these days, 3000-01-01, in days since 1970.
const OPEN_END_DAYS: i32 = 376_200;

/// NULL in the place of a day that stands for no end.
fn without_open_end(day: Expr) -> datafusion::error::Result<Expr> {
    let is_open = day.clone().gt_eq(lit(ScalarValue::Date32(Some(OPEN_END_DAYS))));
    when(is_open, lit(ScalarValue::Date32(None))).otherwise(day)
}

/// The rows of a canonical table from all sources that give it.
///
/// # Errors
/// A connector whose SQL cannot be planned, or gives columns that the table does not have.
pub(super) async fn all(name: &str, sources: &[Arc<Connected>]) -> Result<LogicalPlan> {
    let canonical =
        Canonical::find(name).ok_or_else(|| Error::config(format!("`{name}` is not a canonical table")))?;
    let mut given = Vec::new();
    for source in sources.iter().filter(|source| source.provides(name)) {
        given.push((source, source.planner.table("datafusion", &source.name, name).await?));
    }
    let schemas: Vec<_> = given.iter().map(|(_, provider)| provider.schema()).collect();
    let types: Vec<_> = canonical.columns.iter().map(|column| common_type(column, &schemas)).collect();
    let plans = given.iter().map(|(source, provider)| conformed(name, canonical, &types, source, provider));
    let plans = plans.collect::<Result<Vec<_>>>()?;
    match union_all(plans).map_err(|error| cannot(name, error))? {
        None => {
            let nothing: Arc<dyn TableProvider> = Arc::new(EmptyTable::new(Arc::new(schema(canonical))));
            scan(name, &nothing)
        }
        Some(all) => Ok(all),
    }
}

/// The type that a column has in all sources: amounts keep the decimals of the source whose amounts are finest.
fn common_type(column: &CanonicalColumn, schemas: &[SchemaRef]) -> DataType {
    let own = column.data_type();
    if columns::money_decimals(&own).is_none() {
        return own;
    }
    let given = schemas.iter().filter_map(|schema| schema.field_with_name(&column.name).ok());
    let types = given.map(|field| field.data_type().clone()).chain([own.clone()]);
    types.max_by_key(columns::money_decimals).unwrap_or(own)
}

fn conformed(
    name: &str,
    canonical: &Canonical,
    types: &[DataType],
    source: &Connected,
    provider: &Arc<dyn TableProvider>,
) -> Result<LogicalPlan> {
    let given = provider.schema();
    let about = || format!("`{name}.sql` of the connector `{}`", source.connector.name);
    for field in given.fields() {
        if canonical.column(field.name()).is_none() || field.name() == "source" {
            let names = || {
                canonical.columns.iter().map(|column| column.name.as_str()).filter(|name| *name != "source")
            };
            let error = Error::config(format!(
                "{} gives a column `{}`, which `{name}` does not have",
                about(),
                field.name()
            ));
            return Err(match nearest(field.name(), names()) {
                Some(nearest) => error.hint(format!("did you mean `{nearest}`?")),
                None => error.hint(format!("its columns are {}", names().collect::<Vec<_>>().join(", "))),
            });
        }
    }
    let mut columns: Vec<Expr> = Vec::with_capacity(canonical.columns.len());
    for (column, data_type) in canonical.columns.iter().zip(types) {
        let value = match given.field_with_name(&column.name) {
            _ if column.name == "source" => cast(lit(source.name.as_str()), DataType::Utf8View),
            Ok(field) if field.data_type() == data_type => Expr::Column(Column::from_name(&column.name)),
            Ok(_) => cast(ident(&column.name), data_type.clone()),
            Err(_) if column.name == "currency" => cast(lit(source.currency()), DataType::Utf8View),
            Err(_) => lit(ScalarValue::try_from(data_type).map_err(|error| cannot(name, error))?),
        };
        let value = match OPEN_ENDS.contains(&column.name.as_str()) {
            true => without_open_end(value).map_err(|error| cannot(name, error))?,
            false => value,
        };
        columns.push(value.alias(&column.name));
    }
    LogicalPlanBuilder::from(scan(name, provider)?)
        .project(columns)
        .and_then(LogicalPlanBuilder::build)
        .map_err(|error| Error::config(format!("{} does not fit", about())).caused_by(error))
}

fn schema(canonical: &Canonical) -> Schema {
    let fields = canonical.columns.iter().map(|column| Field::new(&column.name, column.data_type(), true));
    Schema::new(fields.collect::<Vec<_>>())
}

fn cannot(name: &str, error: datafusion::error::DataFusionError) -> Error {
    Error::query(format!("`{name}` of all sources cannot be planned")).caused_by(error)
}
