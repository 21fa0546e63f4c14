//! `marginql sample`: a synthetic company to try things on.

use std::process::ExitCode;

use super::args::{Common, SampleArguments, SampleCredits, SampleOnly};
use crate::{
    console::{Ui, rows_text},
    engine::bytes_text,
    error::{Error, Result},
    output::Format,
    sample::{self, CreditSign, SampleFormat, SampleOptions, SamplePart},
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
    let part = match arguments.only {
        None => SamplePart::Everything,
        Some(SampleOnly::Tables) => SamplePart::Tables,
        Some(SampleOnly::Exports) => SamplePart::Exports,
    };
    let credits = match arguments.credits {
        SampleCredits::Negative => CreditSign::Negative,
        SampleCredits::Positive => CreditSign::Positive,
    };
    let SampleArguments { scale, seed, months, .. } = *arguments;
    let options = SampleOptions { scale, seed, months, format, part, credits };
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
