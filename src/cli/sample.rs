//! `marginql sample`: a synthetic company to try things on.

use std::process::ExitCode;

use super::{args::SampleArguments, ui::Ui};
use crate::error::Result;

pub(super) fn sample(_arguments: &SampleArguments, _ui: Ui) -> Result<ExitCode> {
    Ok(ExitCode::SUCCESS)
}
