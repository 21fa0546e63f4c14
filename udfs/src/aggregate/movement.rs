//! What the aggregates of movements share: each row is a customer with an amount before and after, as MRR of two months.
//!
//! A function is a [`MovementFunction`]: it makes two amounts of each row, and its value is the ratio of their sums.

use std::{fmt::Debug, hash::Hash, marker::PhantomData, sync::Arc};

use arrow::{
    array::{ArrayRef, BooleanArray},
    datatypes::{DataType, i256},
};
use datafusion::{
    error::Result,
    logical_expr::{AggregateUDF, Documentation, function::AccumulatorArgs},
};

use super::{
    amount::{Amount, amount_type, amounts},
    argument::number_type,
    derived::{Derive, DerivedFunction, Types, derived_aggregate},
    exact::{Finish, arguments},
    ratio::{RATE, TotalPerTotal},
};
use crate::{
    FunctionError,
    decimal::{PRECISION_256_MAX, PRECISION_MAX},
    numeric::{is_wide, precision_and_scale},
};

/// One aggregate of (before, after).
pub(super) trait MovementFunction: Debug + PartialEq + Eq + Hash + Send + Sync + 'static {
    const NAME: &'static str;

    /// What the row adds to the two sums, whose ratio is the value. A NULL amount is zero here.
    fn parts<A: Amount>(before: A, after: A) -> [A; 2];
    fn documentation() -> &'static Documentation;
}

/// Makes the SQL function.
pub(super) fn movement_aggregate<F: MovementFunction>() -> AggregateUDF {
    derived_aggregate::<Movement<F>>()
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Movement<F>(PhantomData<F>);

impl<F: MovementFunction> DerivedFunction for Movement<F> {
    const NAME: &'static str = F::NAME;
    const COUNTED: bool = false;
    const DISTINCT_HELP: &'static str = "two customers with the same amounts are two customers; make one row per customer in a subquery instead";

    fn coerce_types(arg_types: &[DataType]) -> Vec<DataType> {
        arg_types.iter().map(number_type).collect()
    }

    fn types(arg_types: &[DataType]) -> Result<Types> {
        let [before, after] = arg_types else {
            let found = arg_types.len();
            return Err(FunctionError::new(format!("`{}` cannot be called with {found} arguments", F::NAME))
                .with_help(format!("call it as `{}(before, after)`", F::NAME))
                .into());
        };
        arguments(F::NAME, arg_types)?;
        let column = common_type(before, after);
        Ok(Types { columns: vec![column.clone(), column], value: RATE })
    }

    fn derive(_args: &AccumulatorArgs<'_>, types: &Types) -> Result<Arc<dyn Derive>> {
        let data_type = types.columns.first().cloned().unwrap_or(DataType::Null);
        Ok(Arc::new(Parts::<F> { data_type, function: PhantomData }))
    }

    fn finish() -> impl Finish {
        TotalPerTotal
    }

    fn documentation() -> &'static Documentation {
        F::documentation()
    }
}

/// The type that has the decimals of both, and a digit to spare for their difference.
fn common_type(before: &DataType, after: &DataType) -> DataType {
    let [before, after] = [before, after].map(digits_and_decimals);
    let scale = before.1.max(after.1);
    let precision = (before.0.max(after.0) + 1).saturating_add(scale.unsigned_abs());
    if precision <= PRECISION_MAX {
        DataType::Decimal128(precision, scale)
    } else {
        DataType::Decimal256(precision.min(PRECISION_256_MAX), scale)
    }
}

/// Digits before the point, and decimals.
fn digits_and_decimals(data_type: &DataType) -> (u8, i8) {
    let (precision, scale) = precision_and_scale(&amount_type(data_type));
    (precision.saturating_add_signed(scale.saturating_neg()), scale.max(0))
}

/// The two amounts of each row.
#[derive(Debug)]
struct Parts<F> {
    data_type: DataType,
    function: PhantomData<F>,
}

impl<F: MovementFunction> Derive for Parts<F> {
    fn columns(&self, values: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        let [before, after] = values else { return Ok(Vec::new()) };
        if is_wide(&self.data_type) {
            parts::<F, i256>(before, after, filter, &self.data_type)
        } else {
            parts::<F, i128>(before, after, filter, &self.data_type)
        }
    }
}

fn parts<F: MovementFunction, A: Amount>(
    before: &ArrayRef,
    after: &ArrayRef,
    filter: Option<&BooleanArray>,
    data_type: &DataType,
) -> Result<Vec<ArrayRef>> {
    let (_, scale) = precision_and_scale(data_type);
    let before = amounts::<A>(before, filter, scale, F::NAME)?;
    let after = amounts::<A>(after, filter, scale, F::NAME)?;
    let of_row = |(before, after): (&A, &A)| <(A, A)>::from(F::parts(*before, *after));
    let (first, second): (Vec<A>, Vec<A>) = before.iter().zip(after.iter()).map(of_row).unzip();
    Ok(vec![A::array(first, data_type), A::array(second, data_type)])
}
