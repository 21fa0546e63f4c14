//! `marginql tables`: what is registered; with `-v` each column, its type, and why it has that type.

use std::process::ExitCode;

use super::{args::Common, session};
use crate::{
    console::{Ui, columns_batch, listing_batch, render_batch, tables_batch},
    error::Result,
};

pub(super) async fn tables(common: &Common, verbose: bool, ui: Ui) -> Result<ExitCode> {
    let destination = session::destination(common, ui)?;
    let engine = session::engine(common, ui).await?;
    // A project has many tables, and to open them may mean to read every file of it.
    if let (Some(listing), false) = (engine.listing(), verbose) {
        render_batch(&listing_batch(&listing, false)?, &destination, ui)?;
        ui.note("`marginql tables -v` shows every column, after reading the files");
        return Ok(ExitCode::SUCCESS);
    }
    let tables = engine.tables().await?;
    if tables.is_empty() {
        ui.note("no tables; register one with `--table NAME=PATH`");
    }
    let batch = match verbose {
        true => columns_batch(&tables)?,
        false => tables_batch(&tables)?,
    };
    render_batch(&batch, &destination, ui)?;
    Ok(ExitCode::SUCCESS)
}
