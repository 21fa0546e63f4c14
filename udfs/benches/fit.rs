//! What a fit of BG/NBD costs, and what is computed from it: a million customers, all different.
//!
//! `fit/customers=1m` has the whole aggregate in a session: collecting, sorting, and finding the parameters.

// A benchmark that cannot be set up may panic.
#![allow(clippy::unwrap_used, missing_docs)]

#[expect(dead_code, reason = "the tests simulate more than is measured")]
#[path = "../src/statistics/simulation.rs"]
mod simulation;

use std::{hint::black_box, sync::Arc};

use arrow::{
    array::{ArrayRef, Float64Array, RecordBatch},
    datatypes::{DataType, Field, Schema},
};
use criterion::{Criterion, criterion_group, criterion_main};
use datafusion::{
    datasource::MemTable,
    prelude::{SessionConfig, SessionContext},
};
use simulation::Random;

const CUSTOMERS: usize = 1_000_000;
const BATCH: usize = 8192;

/// Customers of the published parameters, in two partitions; times are not rounded, so no two are alike.
fn customers() -> Arc<MemTable> {
    let schema = Arc::new(Schema::new(
        ["frequency", "recency", "age", "mean_value"]
            .map(|name| Field::new(name, DataType::Float64, false))
            .to_vec(),
    ));
    let mut random = Random::new(1);
    let batches: Vec<_> = (0..CUSTOMERS.div_ceil(BATCH))
        .map(|_| {
            let rows: Vec<_> = (0..BATCH)
                .map(|_| {
                    let age = 27.0 + 12.0 * random.uniform();
                    let [frequency, recency, age] = random.purchases([0.243, 4.414, 0.793, 2.426], age);
                    let value =
                        if frequency > 0.0 { random.mean_value([6.25, 3.74, 15.44], frequency) } else { 0.0 };
                    [frequency, recency, age, value]
                })
                .collect();
            let column = |index: usize| -> ArrayRef {
                Arc::new(rows.iter().map(|row| row[index]).collect::<Float64Array>())
            };
            RecordBatch::try_new(Arc::clone(&schema), (0..4).map(column).collect()).unwrap()
        })
        .collect();
    let half = batches.len() / 2;
    Arc::new(MemTable::try_new(schema, vec![batches[..half].to_vec(), batches[half..].to_vec()]).unwrap())
}

fn fits(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let ctx = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(2));
    marginql_udfs::register_all(&mut *ctx.state_ref().write()).unwrap();
    ctx.register_table("customers", customers()).unwrap();
    let model = "named_struct('r', 0.243, 'alpha', 4.414, 'a', 0.793, 'b', 2.426)";
    let mut group = criterion.benchmark_group("fit");
    group.sample_size(10);
    for (name, query) in [
        ("bgnbd_fit", "SELECT bgnbd_fit(frequency, recency, age) FROM customers".to_owned()),
        ("gamma_gamma_fit", "SELECT gamma_gamma_fit(frequency, mean_value) FROM customers".to_owned()),
        ("kaplan_meier", "SELECT kaplan_meier(age, frequency > 0) FROM customers".to_owned()),
        (
            "bgnbd_expected_purchases",
            format!(
                "SELECT sum(bgnbd_expected_purchases({model}, frequency, recency, age, 52)) FROM customers"
            ),
        ),
    ] {
        group.bench_function(format!("{name}/customers=1m"), |bencher| {
            bencher.iter(|| {
                runtime.block_on(async { black_box(ctx.sql(&query).await.unwrap().collect().await.unwrap()) })
            });
        });
    }
    group.finish();
}

criterion_group!(benches, fits);
criterion_main!(benches);
