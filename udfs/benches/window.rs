//! What the window functions over a sorted partition cost, next to plain window functions over the same sort.
//!
//! 1,000,000 customers in one partition, and in 1,000; the lines to compare with have `builtin` in their names.

// A benchmark that cannot be set up may panic.
#![allow(clippy::unwrap_used, missing_docs)]

use std::{hint::black_box, sync::Arc};

use arrow::{
    array::{ArrayRef, Decimal128Array, Int64Array, RecordBatch},
    datatypes::{DataType, Field, Schema},
};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use datafusion::{datasource::MemTable, execution::context::SessionContext, prelude::SessionConfig};

const ROWS: i64 = 1_000_000;
const BATCH: i64 = 8192;
const MONEY: DataType = DataType::Decimal128(18, 4);

/// Customers with a profit, of which every sixth is negative, and the days since their last order.
fn customers() -> Arc<MemTable> {
    let schema = Arc::new(Schema::new(vec![
        Field::new("customer", DataType::Int64, false),
        Field::new("region", DataType::Int64, false),
        Field::new("profit", MONEY, false),
        Field::new("days", DataType::Int64, false),
    ]));
    let mut state = 7_u64;
    let mut below = |limit: i64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as i64 % limit
    };
    let batches = (0..ROWS / BATCH)
        .map(|batch| {
            let customers: Vec<_> = (0..BATCH).map(|row| batch * BATCH + row).collect();
            let regions: Vec<_> = customers.iter().map(|_| below(1000)).collect();
            let profits: Vec<_> =
                customers.iter().map(|_| i128::from(below(600_000_000) - 100_000_000)).collect();
            let days: Vec<_> = customers.iter().map(|_| below(400)).collect();
            let columns: Vec<ArrayRef> = vec![
                Arc::new(Int64Array::from(customers)),
                Arc::new(Int64Array::from(regions)),
                Arc::new(Decimal128Array::from(profits).with_data_type(MONEY)),
                Arc::new(Int64Array::from(days)),
            ];
            RecordBatch::try_new(Arc::clone(&schema), columns).unwrap()
        })
        .collect();
    Arc::new(MemTable::try_new(schema, vec![batches]).unwrap())
}

fn windows(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let table = customers();
    let session = || {
        let ctx = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(1));
        ctx.register_table("customers", Arc::clone(&table) as _).unwrap();
        ctx
    };
    let (builtin, ours) = (session(), session());
    marginql_udfs::register_all(&mut *ours.state_ref().write()).unwrap();
    for (partitions, partition_by) in [("1", ""), ("1k", "PARTITION BY region ")] {
        let mut group = criterion.benchmark_group("ordered window");
        group.sample_size(10);
        for (name, ctx, call, order) in [
            ("builtin row_number", &builtin, "row_number()", "profit DESC"),
            ("builtin sum", &builtin, "sum(profit)", "profit DESC"),
            ("whale_curve", &ours, "whale_curve(profit)", "profit DESC"),
            ("whale_curve by customer", &ours, "whale_curve(profit)", "profit DESC, customer"),
            ("builtin rank", &builtin, "rank()", "days DESC"),
            ("builtin ntile", &builtin, "ntile(5)", "days DESC"),
            ("rfm_score", &ours, "rfm_score(days)", "days DESC"),
        ] {
            let query = format!("SELECT {call} OVER ({partition_by}ORDER BY {order}) FROM customers");
            group.bench_function(
                BenchmarkId::new(name, format!("rows=1m/partitions={partitions}")),
                |bencher| {
                    bencher.iter(|| {
                        runtime.block_on(async {
                            black_box(ctx.sql(&query).await.unwrap().collect().await.unwrap())
                        })
                    });
                },
            );
        }
        group.finish();
    }
}

criterion_group!(benches, windows);
criterion_main!(benches);
