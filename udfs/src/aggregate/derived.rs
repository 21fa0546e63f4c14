//! Aggregates that add columns which are computed from their arguments: points for scores, gains and losses for movements.
//!
//! A function is a [`DerivedFunction`]; what is added is a [`Derive`]. The adding is that of every exact aggregate
//! (`exact`). Next: `survey` and `movement`, which have the columns.

use std::{fmt::Debug, hash::Hash, marker::PhantomData, sync::Arc};

use arrow::{
    array::{ArrayRef, BooleanArray},
    datatypes::{DataType, FieldRef},
};
use datafusion::{
    common::ScalarValue,
    error::Result,
    logical_expr::{
        Accumulator, AggregateUDF, AggregateUDFImpl, Documentation, EmitTo, Expr, GroupsAccumulator,
        ReversedUDAF, Signature, Volatility,
        function::{AccumulatorArgs, AggregateFunctionSimplification, StateFieldsArgs},
        utils::AggregateOrderSensitivity,
    },
};

use super::{
    exact::{ExactAggregate, Finish, arguments, summed_state_fields},
    exact_accumulator::ExactAccumulator,
    exact_groups::ExactGroupsAccumulator,
    refuse_distinct,
};

/// One function of SQL that adds derived columns.
pub(super) trait DerivedFunction: Debug + PartialEq + Eq + Hash + Send + Sync + 'static {
    const NAME: &'static str;
    /// Whether the value needs the number of rows that have one.
    const COUNTED: bool;
    /// What to do instead of DISTINCT.
    const DISTINCT_HELP: &'static str;

    /// The types that the planner casts the arguments to.
    fn coerce_types(arg_types: &[DataType]) -> Vec<DataType>;
    /// What is added and what comes out, or why the function cannot be called so.
    fn types(arg_types: &[DataType]) -> Result<Types>;
    /// Makes the columns of a call. `types` are its own.
    fn derive(args: &AccumulatorArgs<'_>, types: &Types) -> Result<Arc<dyn Derive>>;
    fn finish() -> impl Finish;
    fn documentation() -> &'static Documentation;
}

/// The types of a call.
#[derive(Debug)]
pub(super) struct Types {
    /// Those of the columns that are added.
    pub(super) columns: Vec<DataType>,
    pub(super) value: DataType,
}

/// Computes the columns that are added.
pub(super) trait Derive: Debug + Send + Sync {
    /// The columns of a batch. Rows that the filter leaves out are not added, and must not be an error.
    fn columns(&self, values: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>>;
}

/// Makes the SQL function.
pub(super) fn derived_aggregate<F: DerivedFunction>() -> AggregateUDF {
    DerivedAggregate::<F> { signature: Signature::user_defined(Volatility::Immutable), function: PhantomData }
        .into()
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct DerivedAggregate<F> {
    signature: Signature,
    function: PhantomData<F>,
}

impl<F: DerivedFunction> DerivedAggregate<F> {
    fn call(args: &AccumulatorArgs<'_>) -> Result<(Arc<dyn Derive>, Arc<ExactAggregate>)> {
        refuse_distinct(F::NAME, F::DISTINCT_HELP, args.is_distinct)?;
        let types = F::types(&data_types(args.expr_fields))?;
        let aggregate = ExactAggregate::of_columns(F::NAME, args, &types.columns, F::COUNTED, F::finish())?;
        Ok((F::derive(args, &types)?, aggregate))
    }
}

fn data_types(fields: &[FieldRef]) -> Vec<DataType> {
    fields.iter().map(|field| field.data_type().clone()).collect()
}

impl<F: DerivedFunction> AggregateUDFImpl for DerivedAggregate<F> {
    fn name(&self) -> &str {
        F::NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        Ok(F::coerce_types(arg_types))
    }

    fn return_type(&self, arg_types: &[DataType]) -> Result<DataType> {
        Ok(F::types(arg_types)?.value)
    }

    /// Only refuses DISTINCT, which of two equal arguments the planner would otherwise turn into a GROUP BY.
    fn simplify(&self) -> Option<AggregateFunctionSimplification> {
        Some(Box::new(|call, _| {
            refuse_distinct(F::NAME, F::DISTINCT_HELP, call.params.distinct)?;
            Ok(Expr::AggregateFunction(call))
        }))
    }

    fn accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        let (derive, aggregate) = Self::call(&args)?;
        Ok(Box::new(DerivedAccumulator { derive, sums: ExactAccumulator::new(aggregate) }))
    }

    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        refuse_distinct(F::NAME, F::DISTINCT_HELP, args.is_distinct)?;
        let types = F::types(&data_types(args.input_fields))?;
        Ok(summed_state_fields(args.name, &arguments(F::NAME, &types.columns)?, F::COUNTED))
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs<'_>) -> bool {
        !args.is_distinct
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn GroupsAccumulator>> {
        let (derive, aggregate) = Self::call(&args)?;
        Ok(Box::new(DerivedGroupsAccumulator { derive, sums: ExactGroupsAccumulator::new(aggregate) }))
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }

    fn reverse_expr(&self) -> ReversedUDAF {
        ReversedUDAF::Identical
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(F::documentation())
    }
}

/// One group, windows and sliding frames.
#[derive(Debug)]
struct DerivedAccumulator {
    derive: Arc<dyn Derive>,
    sums: ExactAccumulator,
}

impl Accumulator for DerivedAccumulator {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.sums.update_batch(&self.derive.columns(values, None)?)
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.sums.retract_batch(&self.derive.columns(values, None)?)
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.sums.merge_batch(states)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        self.sums.state()
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        self.sums.evaluate()
    }

    fn size(&self) -> usize {
        size_of_val(self) - size_of_val(&self.sums) + self.sums.size()
    }
}

/// GROUP BY.
#[derive(Debug)]
struct DerivedGroupsAccumulator {
    derive: Arc<dyn Derive>,
    sums: ExactGroupsAccumulator,
}

impl GroupsAccumulator for DerivedGroupsAccumulator {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        opt_filter: Option<&BooleanArray>,
        total_num_groups: usize,
    ) -> Result<()> {
        let columns = self.derive.columns(values, opt_filter)?;
        self.sums.update_batch(&columns, group_indices, opt_filter, total_num_groups)
    }

    fn merge_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        total_num_groups: usize,
    ) -> Result<()> {
        self.sums.merge_batch(values, group_indices, total_num_groups)
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        self.sums.evaluate(emit_to)
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        self.sums.state(emit_to)
    }

    fn convert_to_state(
        &self,
        values: &[ArrayRef],
        opt_filter: Option<&BooleanArray>,
    ) -> Result<Vec<ArrayRef>> {
        self.sums.convert_to_state(&self.derive.columns(values, opt_filter)?, opt_filter)
    }

    fn size(&self) -> usize {
        size_of_val(self) - size_of_val(&self.sums) + self.sums.size()
    }
}
