//! `marginql sample`: a synthetic company to try things on.

use std::process::ExitCode;

use super::args::{Common, SampleArguments};
use crate::{
    console::{Ui, rows_text},
    engine::bytes_text,
    error::{Error, Result},
    output::Format,
    sample::{self, SampleFormat, SampleOptions},
};

pub(super) async fn sample(common: &Common, arguments: &SampleArguments, ui: Ui) -> Result<ExitCode> {
    let format = match common.format {
        None | Some(Format::Parquet) => SampleFormat::Parquet,
        Some(Format::Csv) => SampleFormat::Csv,
        Some(other) => {
            return Err(Error::usage(format!("a sample is not written as `{other}`"))
                .hint("give `--format parquet` or `--format csv`"));
        }
    };
    let options =
        SampleOptions { scale: arguments.scale, seed: arguments.seed, months: arguments.months, format };
    let directory = arguments.directory.clone();
    let write = tokio::task::spawn_blocking(move || sample::write(&directory, &options));
    let summary =
        write.await.map_err(|error| Error::data("the sample could not be written").caused_by(error))??;
    for table in &summary.tables {
        ui.note(&format!(
            "{:14} {:>18} {:>10}  {}",
            table.name,
            rows_text(table.rows),
            bytes_text(table.bytes),
            table.path.display()
        ));
    }
    Ok(ExitCode::SUCCESS)
}
