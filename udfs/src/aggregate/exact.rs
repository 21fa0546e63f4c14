//! What all exact aggregates share: they add each argument exactly and make one value of the totals at the end.
//!
//! An aggregate brings a [`Finish`]; [`ExactAggregate::new`] makes the rest from the call's arguments. Next:
//! `exact_accumulator` (one group and windows), `exact_groups` (GROUP BY), `distinct`.

use std::{fmt::Debug, sync::Arc};

use arrow::{
    array::{ArrayRef, Decimal128Array, Decimal256Array},
    buffer::NullBuffer,
    datatypes::{DataType, Field, FieldRef, i256},
};
use datafusion::{
    common::ScalarValue,
    error::{DataFusionError, Result},
    logical_expr::{
        function::{AccumulatorArgs, StateFieldsArgs},
        utils::format_state_name,
    },
    physical_expr_common::physical_expr::{PhysicalExpr, fmt_sql},
};

use super::{argument::Argument, group_totals::GroupTotals, total::Total};
use crate::{
    FunctionError,
    decimal::{fits_precision, fits_precision_256},
};

/// Turns the exact totals of a group into the aggregate's value.
pub(super) trait Finish: Debug + Send + Sync + 'static {
    /// The value in units of the return type's scale; `None` is NULL. Called only for groups with a value.
    ///
    /// `rows` is the number of rows that had one.
    fn finish(&self, aggregate: &ExactAggregate, totals: &[Total], rows: u64) -> Result<Option<i256>>;

    /// The values of many groups, where an aggregate knows a faster way than one by one; it may take the totals then.
    fn finish_groups(
        &self,
        _aggregate: &ExactAggregate,
        _totals: &mut Vec<GroupTotals>,
        _nulls: Option<&NullBuffer>,
    ) -> Result<Option<ArrayRef>> {
        Ok(None)
    }
}

/// A call of an exact aggregate: its arguments, and what becomes of their totals.
#[derive(Debug)]
pub(super) struct ExactAggregate {
    pub(super) function: &'static str,
    pub(super) arguments: Vec<Argument>,
    /// Whether `finish` needs to know how many rows there were; it is then part of the state.
    pub(super) counted: bool,
    pub(super) return_type: DataType,
    /// The arguments, for messages.
    exprs: Vec<Arc<dyn PhysicalExpr>>,
    finish: Box<dyn Finish>,
}

impl ExactAggregate {
    /// Reads the call. The argument types have passed the function's `return_type`.
    pub(super) fn new(
        function: &'static str,
        args: &AccumulatorArgs<'_>,
        counted: bool,
        finish: impl Finish,
    ) -> Result<Arc<Self>> {
        let types = args.expr_fields.iter().map(|field| field.data_type());
        Self::of_columns(function, args, types, counted, finish)
    }

    /// Reads a call that adds columns of these types, which it computes from its arguments.
    pub(super) fn of_columns<'a>(
        function: &'static str,
        args: &AccumulatorArgs<'_>,
        types: impl IntoIterator<Item = &'a DataType>,
        counted: bool,
        finish: impl Finish,
    ) -> Result<Arc<Self>> {
        Ok(Arc::new(Self {
            function,
            arguments: arguments(function, types)?,
            counted,
            return_type: args.return_type().clone(),
            exprs: args.exprs.to_vec(),
            finish: Box::new(finish),
        }))
    }

    /// The error for a value that has more digits than the return type.
    pub(super) fn overflow(&self) -> DataFusionError {
        let labels: Vec<_> = self.exprs.iter().map(|expr| fmt_sql(expr.as_ref()).to_string()).collect();
        let columns: Vec<_> = labels.iter().map(|label| format!("`{label}`")).collect();
        let (precision, scale) = decimal_parts(&self.return_type);
        let error = FunctionError::new(format!(
            "`{}` of {} has more digits than DECIMAL({precision}, {scale}) can hold",
            self.function,
            columns.join(" and "),
        ));
        let example = labels.first().map_or("x", String::as_str);
        match self.return_type {
            DataType::Decimal256(..) => error.with_help(format!(
                "divide before adding, for example `{}({example} / 1000)`, or cast to fewer decimals",
                self.function
            )),
            _ => error.with_help(format!(
                "cast to a wider type before adding, for example `{}(cast({example} as decimal(76, {scale})))`",
                self.function
            )),
        }
        .into()
    }

    /// The value of a group that has had one.
    pub(super) fn value(&self, totals: &[Total], rows: u64) -> Result<ScalarValue> {
        let units = self.finish.finish(self, totals, rows)?;
        self.check(units)?;
        Ok(self.scalar(units))
    }

    /// A value of the return type.
    pub(super) fn scalar(&self, units: Option<i256>) -> ScalarValue {
        let (precision, scale) = decimal_parts(&self.return_type);
        match self.return_type {
            DataType::Decimal256(..) => ScalarValue::Decimal256(units, precision, scale),
            _ => ScalarValue::Decimal128(units.map(i256::as_i128), precision, scale),
        }
    }

    /// The values of the groups; those that are NULL already have had no value.
    pub(super) fn group_values(
        &self,
        mut totals: Vec<GroupTotals>,
        nulls: Option<&NullBuffer>,
        counts: Option<&[u64]>,
    ) -> Result<ArrayRef> {
        if let Some(array) = self.finish.finish_groups(self, &mut totals, nulls)? {
            return Ok(array);
        }
        let groups = totals.first().map_or(0, GroupTotals::groups);
        let mut group_totals = Vec::with_capacity(totals.len());
        let values = (0..groups).map(|group| {
            if nulls.is_some_and(|nulls| nulls.is_null(group)) {
                return Ok(None);
            }
            group_totals.clear();
            group_totals.extend(totals.iter().map(|totals| totals.total(group)));
            let rows = counts.map_or(1, |counts| counts[group]);
            let units = self.finish.finish(self, &group_totals, rows)?;
            self.check(units)?;
            Ok(units)
        });
        Ok(match self.return_type {
            DataType::Decimal256(..) => {
                let array: Decimal256Array = values.collect::<Result<_>>()?;
                Arc::new(array.with_data_type(self.return_type.clone()))
            }
            _ => {
                let array: Decimal128Array =
                    values.map(|units| Ok(units?.map(i256::as_i128))).collect::<Result<_>>()?;
                Arc::new(array.with_data_type(self.return_type.clone()))
            }
        })
    }

    fn check(&self, units: Option<i256>) -> Result<()> {
        let fits = match (units, &self.return_type) {
            (None, _) => true,
            (Some(units), DataType::Decimal256(precision, _)) => fits_precision_256(units, *precision),
            (Some(units), _) => {
                let (precision, _) = decimal_parts(&self.return_type);
                units.to_i128().is_some_and(|units| fits_precision(units, precision))
            }
        };
        if fits { Ok(()) } else { Err(self.overflow()) }
    }
}

/// The arguments of a call, by their types after coercion.
pub(crate) fn arguments<'a>(
    function: &str,
    types: impl IntoIterator<Item = &'a DataType>,
) -> Result<Vec<Argument>> {
    types
        .into_iter()
        .map(|data_type| Argument::of(data_type).ok_or_else(|| not_a_number(function, data_type)))
        .collect()
}

/// The error for an argument that cannot be added.
pub(crate) fn not_a_number(function: &str, data_type: &DataType) -> DataFusionError {
    FunctionError::new(format!("`{function}` adds numbers, but an argument is of type `{data_type}`"))
        .with_help(
            "cast it, for example `cast(x as decimal(18, 4))`, or read amounts in text with `money(x)`",
        )
        .into()
}

/// The columns of the partial state: each argument's sum and carry, and the number of rows where it matters.
pub(super) fn state_fields(
    function: &str,
    args: &StateFieldsArgs<'_>,
    counted: bool,
) -> Result<Vec<FieldRef>> {
    let types = args.input_fields.iter().map(|field| field.data_type());
    let arguments = arguments(function, types)?;
    if args.is_distinct {
        return Ok(distinct_state_fields(args.name, &arguments));
    }
    Ok(summed_state_fields(args.name, &arguments, counted))
}

/// [`state_fields`] of the columns that are added.
pub(super) fn summed_state_fields(name: &str, arguments: &[Argument], counted: bool) -> Vec<FieldRef> {
    let mut fields = Vec::new();
    for (index, argument) in arguments.iter().enumerate() {
        fields.extend(argument.state_fields(name, index));
    }
    if counted {
        fields.push(Arc::new(Field::new(format_state_name(name, "rows"), DataType::UInt64, true)));
    }
    fields
}

fn distinct_state_fields(name: &str, arguments: &[Argument]) -> Vec<FieldRef> {
    let list = |argument: &Argument| {
        let item = Field::new_list_field(argument.sum_type(), true);
        Arc::new(Field::new_list(format_state_name(name, "distinct values"), item, true))
    };
    arguments.iter().map(list).collect()
}

/// Precision and scale of a decimal type.
pub(super) fn decimal_parts(data_type: &DataType) -> (u8, i8) {
    match data_type {
        DataType::Decimal32(precision, scale)
        | DataType::Decimal64(precision, scale)
        | DataType::Decimal128(precision, scale)
        | DataType::Decimal256(precision, scale) => (*precision, *scale),
        _ => (0, 0),
    }
}
