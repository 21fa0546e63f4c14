//! Parquet files of whose footers only that is believed which is true of the table.
//!
//! A footer says least and greatest values in the types of its file. Where files differ in type and a column is widened,
//! DataFusion (55.2) compares them as they stand: 100 as `DECIMAL(10,2)` is then less than 1 as `DECIMAL(18,4)`. Here they
//! are converted first. Doubles have none: a footer leaves out NaN, which is greater than every number in SQL
//! (datafusion#24804). The order that a footer claims is not believed either: nothing proves it.

use std::sync::Arc;

use arrow::datatypes::{DataType, SchemaRef};
use async_trait::async_trait;
use datafusion::{
    catalog::Session,
    common::{ColumnStatistics, ScalarValue, Statistics, stats::Precision},
    datasource::{
        file_format::{FileFormat, file_compression_type::FileCompressionType, parquet::ParquetFormat},
        physical_plan::{FileScanConfig, FileSource},
        table_schema::TableSchema,
    },
    error::Result,
    physical_plan::ExecutionPlan,
};
use object_store::{ObjectMeta, ObjectStore};

/// DataFusion's Parquet, for tables.
#[derive(Debug)]
pub(super) struct ProvenStatistics(pub(super) ParquetFormat);

#[async_trait]
impl FileFormat for ProvenStatistics {
    fn get_ext(&self) -> String {
        self.0.get_ext()
    }

    fn get_ext_with_compression(&self, compression: &FileCompressionType) -> Result<String> {
        self.0.get_ext_with_compression(compression)
    }

    fn compression_type(&self) -> Option<FileCompressionType> {
        self.0.compression_type()
    }

    async fn infer_schema(
        &self,
        state: &dyn Session,
        store: &Arc<dyn ObjectStore>,
        objects: &[ObjectMeta],
    ) -> Result<SchemaRef> {
        self.0.infer_schema(state, store, objects).await
    }

    async fn infer_stats(
        &self,
        state: &dyn Session,
        store: &Arc<dyn ObjectStore>,
        table_schema: SchemaRef,
        object: &ObjectMeta,
    ) -> Result<Statistics> {
        let mut statistics = self.0.infer_stats(state, store, Arc::clone(&table_schema), object).await?;
        for (column, field) in statistics.column_statistics.iter_mut().zip(table_schema.fields()) {
            believe_proven(column, field.data_type());
        }
        Ok(statistics)
    }

    async fn create_physical_plan(
        &self,
        state: &dyn Session,
        conf: FileScanConfig,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        self.0.create_physical_plan(state, conf).await
    }

    fn file_source(&self, table_schema: TableSchema) -> Arc<dyn FileSource> {
        self.0.file_source(table_schema)
    }
}

fn believe_proven(column: &mut ColumnStatistics, data_type: &DataType) {
    let in_table = |value: &Precision<ScalarValue>| match value {
        _ if data_type.is_floating() => Precision::Absent,
        Precision::Exact(value) if value.data_type() == *data_type => Precision::Exact(value.clone()),
        Precision::Exact(value) => value.cast_to(data_type).map_or(Precision::Absent, Precision::Exact),
        Precision::Inexact(value) => value.cast_to(data_type).map_or(Precision::Absent, Precision::Inexact),
        Precision::Absent => Precision::Absent,
    };
    column.min_value = in_table(&column.min_value);
    column.max_value = in_table(&column.max_value);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn believed(value: ScalarValue, data_type: &DataType) -> Precision<ScalarValue> {
        let mut column =
            ColumnStatistics { max_value: Precision::Exact(value), ..ColumnStatistics::new_unknown() };
        believe_proven(&mut column, data_type);
        column.max_value
    }

    #[test]
    fn values_have_the_type_of_the_table() {
        assert_eq!(
            believed(ScalarValue::Decimal128(Some(10_000), 10, 2), &DataType::Decimal128(18, 4)),
            Precision::Exact(ScalarValue::Decimal128(Some(1_000_000), 18, 4))
        );
        assert_eq!(
            believed(ScalarValue::Int32(Some(7)), &DataType::Int64),
            Precision::Exact(ScalarValue::Int64(Some(7)))
        );
    }

    #[test]
    fn doubles_have_no_greatest_value() {
        assert_eq!(believed(ScalarValue::Float64(Some(3.0)), &DataType::Float64), Precision::Absent);
    }
}
