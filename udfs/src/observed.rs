//! What is observed of customers, checked: statistical functions refuse what cannot be, by name.
//!
//! Knows nothing of the models; the names of functions and arguments are given to it.

use crate::{FunctionError, statistics::bgnbd::History};

/// The name of an argument of a function, for messages.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) function: &'static str,
    pub(crate) argument: &'static str,
}

impl Place {
    fn refuse(self, value: f64, help: &str) -> FunctionError {
        let Self { function, argument } = self;
        FunctionError::new(format!("`{function}` was given `{value}` as `{argument}`")).with_help(help)
    }

    /// A number that is neither NaN nor infinite.
    pub(crate) fn finite(self, value: f64) -> Result<f64, FunctionError> {
        let help =
            "rows in which an argument is NULL are left out; what comes of a division by zero is better NULL";
        if value.is_finite() { Ok(value) } else { Err(self.refuse(value, help)) }
    }

    /// Zero or more, and finite.
    pub(crate) fn not_negative(self, value: f64) -> Result<f64, FunctionError> {
        let help = "it cannot be less than zero; look for dates in the wrong order";
        if self.finite(value)? >= 0.0 { Ok(value) } else { Err(self.refuse(value, help)) }
    }

    /// A whole number, zero or more.
    pub(crate) fn count(self, value: f64) -> Result<f64, FunctionError> {
        let help = "it counts, so it is a whole number, zero or more";
        let counts = self.finite(value)? >= 0.0 && value.fract() == 0.0;
        if counts { Ok(value) } else { Err(self.refuse(value, help)) }
    }

    /// More than zero, and finite.
    pub(crate) fn positive(self, value: f64) -> Result<f64, FunctionError> {
        let help = "it must be greater than zero";
        if self.finite(value)? > 0.0 { Ok(value) } else { Err(self.refuse(value, help)) }
    }
}

/// Frequency, recency and age of a customer, if they can be.
pub(crate) fn history(function: &'static str, values: [f64; 3]) -> Result<History, FunctionError> {
    let place = |argument| Place { function, argument };
    let [frequency, recency, age] = values;
    let history = History {
        frequency: place("frequency").count(frequency)?,
        recency: place("recency").not_negative(recency)?,
        age: place("age").not_negative(age)?,
    };
    if recency > age {
        return Err(FunctionError::new(format!(
            "`{function}` was given a `recency` of `{recency}` with an `age` of `{age}`"
        ))
        .with_help("recency is the time from the first purchase to the last, age the time from the first purchase to now"));
    }
    if frequency == 0.0 && recency > 0.0 {
        return Err(FunctionError::new(format!(
            "`{function}` was given a `recency` of `{recency}` with a `frequency` of `0`"
        ))
        .with_help(
            "recency is the time from the first purchase to the last, not from the last to now; it is 0 if there was only one",
        ));
    }
    Ok(history)
}
