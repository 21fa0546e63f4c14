//! Compares dates and timestamps in a unit that holds them all. `doubles` finds the places where they meet.
//!
//! DataFusion makes nanoseconds of a DATE beside a TIMESTAMP, and of a timestamp beside a finer one. Those end in 2262: a
//! query would fail at `9999-12-31`, which is in every ERP. A date takes the unit of the timestamp instead. Beside
//! nanoseconds, as `now()` gives them, what lies beyond them is compared as the last or first of them.

use datafusion::{
    arrow::datatypes::{DataType, TimeUnit},
    logical_expr::{Cast, Expr},
};
use marginql_udfs::clamp_to_nanoseconds;

/// Whether the operands are only compared, or also returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Compare,
    Return,
}

/// Brings dates and timestamps to one unit. Says whether there was something to do.
pub(super) fn align(operands: &mut [&mut Expr], types: &[Option<DataType>], purpose: Purpose) -> bool {
    let stamps = || {
        types.iter().flatten().filter_map(|data_type| match data_type {
            DataType::Timestamp(unit, zone) => Some((*unit, zone)),
            _ => None,
        })
    };
    let Some(finest) = stamps().map(|(unit, _)| unit).max() else { return false };
    let zone = stamps().find_map(|(_, zone)| zone.clone());
    let nanoseconds = finest == TimeUnit::Nanosecond;
    if nanoseconds && purpose == Purpose::Return {
        return false;
    }
    let mut changed = false;
    for (operand, data_type) in operands.iter_mut().zip(types) {
        let coarser = match data_type {
            Some(DataType::Date32 | DataType::Date64) => true,
            Some(DataType::Timestamp(unit, _)) => nanoseconds && *unit != finest,
            _ => false,
        };
        if !coarser {
            continue;
        }
        changed = true;
        let taken = std::mem::take(&mut **operand);
        **operand = match nanoseconds {
            true => clamp_to_nanoseconds(taken),
            false => Expr::Cast(Cast::new(Box::new(taken), DataType::Timestamp(finest, zone.clone()))),
        };
    }
    changed
}
