//! stub
use crate::{cli::Ui, engine::Engine, error::Result};
use std::process::ExitCode;
pub async fn repl(_: Engine, _: Ui) -> Result<ExitCode> {
    Ok(ExitCode::SUCCESS)
}
