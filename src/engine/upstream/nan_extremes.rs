//! Takes NaN for the greatest double in `min` and `max` of groups, wherever in a group it comes.
//!
//! Report: none known. With GROUP BY, DataFusion replaces the value found so far whenever a comparison with it has no
//! result, as all comparisons with NaN have: `max` of NaN and -2.25 is -2.25 if NaN comes first, and NaN if it comes last.
//! Without GROUP BY, in windows and in sorts NaN is the greatest.
//!
//! Remedy: doubles are compared in their total order in groups too. Costs nothing that can be measured.

use std::{cmp::Ordering, sync::Arc};

use datafusion::{
    arrow::{
        array::{ArrowNativeTypeOp, ArrowPrimitiveType},
        datatypes::{DataType, FieldRef, Float16Type, Float32Type, Float64Type},
    },
    common::ScalarValue,
    error::Result,
    functions_aggregate::min_max::{max_udaf, min_udaf},
    logical_expr::{
        Accumulator, AggregateUDF, AggregateUDFImpl, Documentation, GroupsAccumulator, ReversedUDAF,
        SetMonotonicity, Signature, StatisticsArgs,
        function::{AccumulatorArgs, StateFieldsArgs},
        utils::AggregateOrderSensitivity,
    },
};
use datafusion_functions_aggregate_common::aggregate::groups_accumulator::prim_op::PrimitiveGroupsAccumulator;

/// Returns `min` and `max` as they should be.
pub(super) fn functions() -> Vec<Arc<AggregateUDF>> {
    [(min_udaf(), Ordering::Less), (max_udaf(), Ordering::Greater)]
        .map(|(inner, wins)| Arc::new(AggregateUDF::new_from_impl(Extreme { inner, wins })))
        .to_vec()
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Extreme {
    inner: Arc<AggregateUDF>,
    /// How a value compares with the one before that it replaces.
    wins: Ordering,
}

impl Extreme {
    fn groups<T: ArrowPrimitiveType + Send>(&self, data_type: &DataType) -> Box<dyn GroupsAccumulator>
    where
        T::Native: ArrowNativeTypeOp,
    {
        let wins = self.wins;
        let replace = move |found: &mut T::Native, value: T::Native| {
            if value.compare(*found) == wins {
                *found = value;
            }
        };
        let start = match wins {
            Ordering::Less => T::Native::MAX_TOTAL_ORDER,
            _ => T::Native::MIN_TOTAL_ORDER,
        };
        Box::new(PrimitiveGroupsAccumulator::<T, _>::new(data_type, replace).with_starting_value(start))
    }
}

impl AggregateUDFImpl for Extreme {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn signature(&self) -> &Signature {
        self.inner.signature()
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        self.inner.return_type(types)
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        self.inner.coerce_types(types)
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        self.inner.accumulator(args)
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        self.inner.state_fields(args)
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs) -> bool {
        self.inner.groups_accumulator_supported(args)
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(match args.return_field.data_type() {
            data_type @ DataType::Float16 => self.groups::<Float16Type>(data_type),
            data_type @ DataType::Float32 => self.groups::<Float32Type>(data_type),
            data_type @ DataType::Float64 => self.groups::<Float64Type>(data_type),
            _ => return self.inner.create_groups_accumulator(args),
        })
    }

    fn create_sliding_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        self.inner.create_sliding_accumulator(args)
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        self.inner.order_sensitivity()
    }

    fn reverse_expr(&self) -> ReversedUDAF {
        self.inner.reverse_udf()
    }

    fn is_descending(&self) -> Option<bool> {
        self.inner.is_descending()
    }

    fn value_from_stats(&self, statistics: &StatisticsArgs) -> Option<ScalarValue> {
        self.inner.value_from_stats(statistics)
    }

    fn set_monotonicity(&self, data_type: &DataType) -> SetMonotonicity {
        self.inner.inner().set_monotonicity(data_type)
    }

    fn documentation(&self) -> Option<&Documentation> {
        self.inner.documentation()
    }
}
