//! `median` and `percentile_cont`: exact for integers and decimals, under the names of the engine's own.
//!
//! A value between two others is interpolated in whole numbers and rounded once, half away from zero, with the digits that
//! `avg` gives. Doubles are left to the engine's own implementations. It keeps every value, so it has no groups
//! accumulator: a box per group costs nothing beside that.

use std::sync::{Arc, LazyLock};

use arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::{
    error::{DataFusionError, Result},
    functions_aggregate::{median::median_udaf, percentile_cont::percentile_cont_udaf},
    logical_expr::{
        Accumulator, AggregateUDF, AggregateUDFImpl, Documentation, GroupsAccumulator, ReversedUDAF,
        Signature, Volatility,
        function::{AccumulatorArgs, StateFieldsArgs},
        utils::{AggregateOrderSensitivity, format_state_name},
    },
    physical_expr::expressions::Literal,
    physical_expr_common::physical_expr::fmt_sql,
};

use super::{
    SUMS,
    argument::{Argument, number_type},
    avg::mean_type,
    exact::not_a_number,
    fraction::Fraction,
    quantile_accumulator::{QuantileOf, quantile_accumulator},
};
use crate::FunctionError;

static MEDIAN: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        SUMS,
        "The value in the middle, or the mean of the two in the middle. Of decimals and integers it is exact: a DECIMAL with \
         four more decimals than the values, at least six, rounded half away from zero. A DOUBLE stays a DOUBLE. NULL \
         values are left out; NULL if there is no value.",
        "median(expression)",
    )
    .with_sql_example("```sql\nSELECT median(x) FROM (VALUES (1), (2)) AS t(x);  -- 1.500000\n```")
    .with_argument("expression", "A number. DISTINCT takes each value once.")
    .with_related_udf("percentile_cont")
    .build()
});

static PERCENTILE: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        SUMS,
        "The value below which a fraction of the values lies, interpolated between two values where it falls between them. \
         Of decimals and integers it is exact: a DECIMAL with four more decimals than the values, at least six, rounded \
         half away from zero. A DOUBLE stays a DOUBLE. NULL values are left out; NULL if there is no value.",
        "percentile_cont(fraction) WITHIN GROUP (ORDER BY expression)",
    )
    .with_alternative_syntax("percentile_cont(expression, fraction)")
    .with_sql_example("```sql\nSELECT percentile_cont(0.9) WITHIN GROUP (ORDER BY x) FROM (VALUES (1), (2)) AS t(x);  -- 1.900000\n```")
    .with_argument("expression", "A number. DISTINCT takes each value once.")
    .with_argument("fraction", "A constant from 0 to 1, with at most 18 decimals.")
    .with_related_udf("median")
    .build()
});

/// The aggregate function `median`.
pub(super) fn median() -> AggregateUDF {
    Quantile::new(Kind::Median, &[]).into()
}

/// The aggregate function `percentile_cont`.
pub(super) fn percentile_cont() -> AggregateUDF {
    Quantile::new(Kind::Percentile, &["quantile_cont"]).into()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Median,
    Percentile,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Median => "median",
            Self::Percentile => "percentile_cont",
        }
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Quantile {
    kind: Kind,
    signature: Signature,
    aliases: Vec<String>,
}

impl Quantile {
    fn new(kind: Kind, aliases: &[&str]) -> Self {
        let signature = Signature::user_defined(Volatility::Immutable);
        Self { kind, signature, aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect() }
    }

    /// The engine's own, for doubles.
    fn built_in(&self) -> Arc<AggregateUDF> {
        match self.kind {
            Kind::Median => median_udaf(),
            Kind::Percentile => percentile_cont_udaf(),
        }
    }

    fn value_type<'a>(&self, arg_types: &'a [DataType]) -> Result<&'a DataType> {
        match (self.kind, arg_types) {
            (Kind::Median, [value]) | (Kind::Percentile, [value, _]) => Ok(value),
            (Kind::Median, _) => super::one_argument("median", arg_types),
            (Kind::Percentile, _) => Err(FunctionError::new(format!(
                "`percentile_cont` takes a fraction and an order, but was called with {} arguments",
                arg_types.len()
            ))
            .with_help("call it as `percentile_cont(0.5) WITHIN GROUP (ORDER BY x)`")
            .into()),
        }
    }

    fn fraction(&self, args: &AccumulatorArgs<'_>) -> Result<Fraction> {
        if self.kind == Kind::Median {
            return Ok(Fraction::HALF);
        }
        let literal = args.exprs.get(1).and_then(|expr| expr.downcast_ref::<Literal>());
        let fraction = literal.and_then(|literal| Fraction::of(literal.value())).ok_or_else(|| {
            DataFusionError::from(
                FunctionError::new("`percentile_cont` takes a constant fraction from 0 to 1")
                    .with_help("the fraction of nine tenths is `0.9`, with at most 18 decimals"),
            )
        })?;
        let descending = args.order_bys.first().is_some_and(|order| order.options.descending);
        Ok(if descending { fraction.of_the_rest() } else { fraction })
    }

    fn exact_accumulator(
        &self,
        args: &AccumulatorArgs<'_>,
        argument: Argument,
        slides: bool,
    ) -> Result<Box<dyn Accumulator>> {
        let label = args.exprs.first().map(|expr| fmt_sql(expr.as_ref()).to_string());
        let quantile = QuantileOf {
            function: self.kind.name(),
            label: label.unwrap_or_default(),
            argument,
            return_type: args.return_type().clone(),
            fraction: self.fraction(args)?,
        };
        Ok(quantile_accumulator(quantile, args.is_distinct, slides))
    }
}

/// How values of a type are added up, unless they are doubles.
fn exact_argument(field: Option<&FieldRef>) -> Option<Argument> {
    let data_type = field?.data_type();
    if data_type.is_floating() { None } else { Argument::of(data_type) }
}

impl AggregateUDFImpl for Quantile {
    fn name(&self) -> &str {
        self.kind.name()
    }

    fn aliases(&self) -> &[String] {
        &self.aliases
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    /// The engine's own wants its fraction as a DOUBLE; ours wants it as it was written.
    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        let value = number_type(self.value_type(arg_types)?);
        let is_double = value.is_floating();
        let mut types = vec![value];
        types.extend(arg_types.iter().skip(1).map(|fraction| match is_double && fraction.is_numeric() {
            true => DataType::Float64,
            false => fraction.clone(),
        }));
        Ok(types)
    }

    fn return_type(&self, arg_types: &[DataType]) -> Result<DataType> {
        match self.value_type(arg_types)? {
            data_type if data_type.is_floating() => Ok(data_type.clone()),
            data_type => match Argument::of(data_type) {
                Some(argument) => Ok(mean_type(&argument)),
                None => Err(not_a_number(self.name(), data_type)),
            },
        }
    }

    fn accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        match exact_argument(args.expr_fields.first()) {
            Some(argument) => self.exact_accumulator(&args, argument, false),
            None => self.built_in().accumulator(args),
        }
    }

    fn create_sliding_accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        match exact_argument(args.expr_fields.first()) {
            Some(argument) => self.exact_accumulator(&args, argument, true),
            None => self.built_in().create_sliding_accumulator(args),
        }
    }

    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        match exact_argument(args.input_fields.first()) {
            Some(argument) => {
                let item = Field::new_list_field(argument.sum_type(), true);
                Ok(vec![Arc::new(Field::new_list(format_state_name(args.name, "values"), item, true))])
            }
            None => self.built_in().state_fields(args),
        }
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs<'_>) -> bool {
        exact_argument(args.expr_fields.first()).is_none()
            && self.built_in().groups_accumulator_supported(args)
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn GroupsAccumulator>> {
        self.built_in().create_groups_accumulator(args)
    }

    fn supports_within_group_clause(&self) -> bool {
        self.kind == Kind::Percentile
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        self.built_in().order_sensitivity()
    }

    fn reverse_expr(&self) -> ReversedUDAF {
        match self.kind {
            Kind::Median => ReversedUDAF::Identical,
            Kind::Percentile => ReversedUDAF::NotSupported,
        }
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(match self.kind {
            Kind::Median => &MEDIAN,
            Kind::Percentile => &PERCENTILE,
        })
    }
}
