//! `clv(margin, churn_rate, …)`: what a customer is worth, if margin, churn and discount stay as they are.

use std::sync::LazyLock;

use arrow::datatypes::{DataType, FieldRef, i256};
use datafusion::{
    error::{DataFusionError, Result},
    logical_expr::{
        ColumnarValue, Documentation, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature,
        Volatility,
    },
};

use super::quantity::{Quantity, compute_rows, overflow, quantity_types, quotient_field, quotient_type};
use crate::{
    FunctionError,
    decimal::{pow10_256, quotient, rescale_256},
    numeric::precision_and_scale,
};

const NAME: &str = "clv";

/// The customer's lifetime value. NULL when an argument is NULL, or when nobody churns and nothing is discounted.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Clv {
    signature: Signature,
}

impl Clv {
    pub(super) fn new() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for Clv {
    fn name(&self) -> &str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        if !(2..=4).contains(&arg_types.len()) {
            let found = arg_types.len();
            return Err(FunctionError::new(format!("`{NAME}` cannot be called with {found} arguments"))
                .with_help(
                    "call it as `clv(margin, churn_rate)`, `clv(margin, churn_rate, discount_rate)` or \
                     `clv(margin, churn_rate, discount_rate, growth_rate)`",
                )
                .into());
        }
        quantity_types(NAME, arg_types)
    }

    fn return_type(&self, arg_types: &[DataType]) -> Result<DataType> {
        Ok(quotient_type(arg_types))
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        Ok(quotient_field(NAME, &args))
    }

    fn is_strict(&self) -> bool {
        true
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let (_, scale) = precision_and_scale(args.return_field.data_type());
        compute_rows(NAME, &args, |quantities, row| {
            if quantities.iter().any(|quantity| quantity.units(row).is_none()) {
                return Ok(None);
            }
            let [margin, churn, rates @ ..] = quantities else { return Ok(None) };
            let margin = Fraction::of(margin, row);
            let churn = Fraction::rate(churn, row, "churn_rate")?;
            let too_large = || overflow(NAME, quantities, row);
            let parts = match rates {
                [] if churn.units == i256::ZERO => return Ok(None),
                [] => Some((margin, churn)),
                [discount, growth @ ..] => {
                    let discount = Fraction::rate(discount, row, "discount_rate")?;
                    let growth = growth.first().map(|growth| Fraction::growth(growth, row)).transpose()?;
                    discounted(margin, churn, discount, growth.unwrap_or(Fraction::ZERO))
                }
            };
            let (numerator, denominator) = parts.ok_or_else(too_large)?;
            if !denominator.units.is_positive() {
                return Err(diverges(quantities, row));
            }
            quotient(
                (numerator.units, numerator.scale.into()),
                (denominator.units, denominator.scale.into()),
                scale,
            )
            .map(Some)
            .ok_or_else(too_large)
        })
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&DOCUMENTATION)
    }
}

/// A decimal on the way to the result, which is exact until it is divided.
#[derive(Debug, Clone, Copy)]
struct Fraction {
    units: i256,
    scale: i8,
}

impl Fraction {
    const ZERO: Self = Self { units: i256::ZERO, scale: 0 };

    fn of(quantity: &Quantity, row: usize) -> Self {
        Self { units: i256::from_i128(quantity.units(row).unwrap_or_default()), scale: quantity.scale }
    }

    /// A rate between 0 and 1.
    fn rate(quantity: &Quantity, row: usize, argument: &str) -> Result<Self> {
        let rate = Self::of(quantity, row);
        if rate.units.is_negative() || rate.units > pow10_256(rate.scale.unsigned_abs()) {
            return Err(no_rate(argument, "between 0 and 1", &quantity.text(row)));
        }
        Ok(rate)
    }

    /// A rate that shrinks by no more than all of it.
    fn growth(quantity: &Quantity, row: usize) -> Result<Self> {
        let rate = Self::of(quantity, row);
        if rate.units < pow10_256(rate.scale.unsigned_abs()).wrapping_neg() {
            return Err(no_rate("growth_rate", "-1 or more", &quantity.text(row)));
        }
        Ok(rate)
    }

    /// One plus this, or one less this.
    fn one_and(self, sign: i256) -> Option<Self> {
        let one = rescale_256(i256::ONE, 0, self.scale)?;
        Some(Self { units: one.checked_add(self.units.checked_mul(sign)?)?, ..self })
    }

    fn times(self, other: Self) -> Option<Self> {
        Some(Self {
            units: self.units.checked_mul(other.units)?,
            scale: self.scale.checked_add(other.scale)?,
        })
    }

    fn minus(self, other: Self) -> Option<Self> {
        let scale = self.scale.max(other.scale);
        let [left, right] = [self, other].map(|fraction| rescale_256(fraction.units, fraction.scale, scale));
        Some(Self { units: left?.checked_sub(right?)?, scale })
    }
}

/// m r and 1 + i − r (1 + g), with r = 1 − churn. `None` if one does not fit 256 bits.
fn discounted(
    margin: Fraction,
    churn: Fraction,
    discount: Fraction,
    growth: Fraction,
) -> Option<(Fraction, Fraction)> {
    let retention = churn.one_and(i256::MINUS_ONE)?;
    let grown = retention.times(growth.one_and(i256::ONE)?)?;
    Some((margin.times(retention)?, discount.one_and(i256::ONE)?.minus(grown)?))
}

fn no_rate(argument: &str, range: &str, value: &str) -> DataFusionError {
    FunctionError::new(format!("`{NAME}` met the {argument} `{value}`, which is not {range}"))
        .with_help("a rate is a fraction per period: write 2 % as 0.02, and divide percentages by 100")
        .into()
}

fn diverges(quantities: &[Quantity], row: usize) -> DataFusionError {
    let text = |index: usize| quantities.get(index).map_or_else(|| String::from("0"), |rate| rate.text(row));
    FunctionError::new(format!(
        "`{NAME}` has no value for the churn_rate `{}`, the discount_rate `{}` and the growth_rate `{}`: the margins \
         grow faster than they are discounted",
        text(1),
        text(2),
        text(3)
    ))
    .with_help("(1 - churn_rate) * (1 + growth_rate) must be less than 1 + discount_rate; lower the growth_rate")
    .into()
}

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        super::CUSTOMER_METRICS,
        "The lifetime value of a customer whose margin, churn and growth stay as they are. Without a discount rate it is \
         margin / churn_rate. With one it is m r / (1 + i − r (1 + g)), where m is the margin, r = 1 − churn_rate, i the \
         discount rate and g the growth rate: the first margin comes one period ahead, and only if the customer stays. \
         All rates are fractions per period, the same period as that of the margin. Exact like `/`: a DECIMAL with at \
         least 10 decimals, rounded once, half away from zero. \
         NULL when an argument is NULL, and without a discount rate when the churn rate is zero. A churn or discount \
         rate outside of 0 to 1, a growth rate below −1, or r (1 + g) ≥ 1 + i is an error. \
         Formula: Gupta and Lehmann, Customers as Assets, 2003.",
        "clv(margin, churn_rate [, discount_rate [, growth_rate]])",
    )
    .with_sql_example("```sql\nSELECT clv(80, 0.02), clv(80, 0.02, 0.01);\n-- 4000.0000000000, 2613.3333333333\n```")
    .with_argument("margin", "The margin of a customer in a period, as a month: an integer, decimal or double.")
    .with_argument("churn_rate", "The fraction of customers that leave in a period, 0 to 1.")
    .with_argument("discount_rate", "The interest of a period, 0 to 1.")
    .with_argument("growth_rate", "By how much the margin grows per period. Default 0.")
    .with_related_udf("cac_payback")
    .with_related_udf("logo_churn_rate")
    .build()
});
