//! Which files a sample consists of, and writing them with a few threads.
//!
//! Every file can be written alone, so threads only share the list of what is left. Next: `tables`.

use std::{
    ops::Range,
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use rust_decimal::{Decimal, RoundingStrategy, prelude::ToPrimitive};

use super::{
    CreditSign, SampleFormat, SampleOptions, SamplePart, SampleSummary, TableSummary,
    calendar::{Day, Period},
    company::Company,
    files::TableFile,
    rows::Rows,
    tables::{Size, Table},
    vendors::{self, EXPORTS, Export, LISTS, SALES_LINES, TruthTable, World},
};
use crate::error::{Error, Result, file_error};

/// A table with more rows than this is written as several files of about so many.
const FILE_ROWS: u64 = 500_000;

/// The files to write, and what they are made from.
pub(super) struct Plan {
    directory: PathBuf,
    format: SampleFormat,
    credits: CreditSign,
    company: Company,
    size: Size,
    files: Vec<PlannedFile>,
    /// The files and directories in which an earlier sample may have left something that would be read too.
    shared: Vec<(PathBuf, PathBuf)>,
}

struct PlannedFile {
    /// What it is summed up as.
    summary: &'static str,
    path: PathBuf,
    content: Content,
}

/// What a file holds.
enum Content {
    Table(Table, Part),
    Export(&'static Export, Range<Day>),
    Truth(TruthTable),
    Project,
}

/// The part of a table that one file holds.
enum Part {
    Days(Range<Day>),
    Customers(Range<u64>),
}

impl Plan {
    pub(super) fn new(directory: &Path, options: &SampleOptions) -> Result<Self> {
        let revenue_rows = revenue_rows(options.scale)?;
        let months = i32::try_from(options.months).unwrap_or(i32::MAX);
        if !(1..=36).contains(&months) {
            return Err(Error::usage(format!("a sample of {months} months is not possible"))
                .hint("choose 1 to 36 months"));
        }
        let period = Period::new(months);
        let company = Company::new(options.seed, customers(revenue_rows, u64::from(options.months)), period);
        let size = Size::new(&company, revenue_rows);
        let mut plan = Self {
            directory: directory.to_owned(),
            format: options.format,
            credits: options.credits,
            company,
            size,
            files: Vec::new(),
            shared: Vec::new(),
        };
        if options.part != SamplePart::Exports {
            for table in Table::ALL {
                plan.add(table);
            }
        }
        if options.part != SamplePart::Tables {
            plan.add_exports();
        }
        plan.refuse_leftovers()?;
        Ok(plan)
    }

    fn add(&mut self, table: Table) {
        let parts: Vec<Part> = match self.size.workload(table) {
            Some((workload, rows)) => {
                workload.split(rows.div_ceil(FILE_ROWS)).into_iter().map(Part::Days).collect()
            }
            None => {
                let customers = self.company.customers;
                let step = FILE_ROWS / table.rows_per_customer();
                (0..customers)
                    .step_by(usize::try_from(step).unwrap_or(usize::MAX))
                    .map(|first| Part::Customers(first..(first + step).min(customers)))
                    .collect()
            }
        };
        let contents = parts.into_iter().map(|part| Content::Table(table, part)).collect();
        self.add_parts(table.name(), table.name(), self.format.extension(), contents);
    }

    /// Adds the files of one table: one of its name, or a directory of its name with the parts.
    fn add_parts(&mut self, summary: &'static str, stem: &str, extension: &str, contents: Vec<Content>) {
        let single = self.directory.join(format!("{stem}.{extension}"));
        let parts = self.directory.join(stem);
        let is_single = contents.len() == 1;
        for (number, content) in contents.into_iter().enumerate() {
            let path =
                if is_single { single.clone() } else { parts.join(format!("part-{number:03}.{extension}")) };
            self.files.push(PlannedFile { summary, path, content });
        }
        self.shared.push((single, parts));
    }

    fn add_exports(&mut self) {
        let days = self.company.period.first..self.company.period.end;
        let parts = match self.size.workload(Table::Revenue) {
            Some((workload, rows)) => workload.split(rows.div_ceil(FILE_ROWS)),
            None => vec![days.clone()],
        };
        let contents = parts.into_iter().map(|part| Content::Export(&SALES_LINES, part)).collect();
        self.add_parts("exports", SALES_LINES.stem, "csv", contents);
        for (summary, exports) in [("exports", EXPORTS.iter()), ("truth", LISTS.iter())] {
            for export in exports {
                let path = self.directory.join(format!("{}.csv", export.stem));
                self.files.push(PlannedFile {
                    summary,
                    path,
                    content: Content::Export(export, days.clone()),
                });
            }
        }
        for table in TruthTable::ALL {
            let path = self.directory.join(format!("truth/{}.parquet", table.name()));
            self.files.push(PlannedFile { summary: "truth", path, content: Content::Truth(table) });
        }
        let path = self.directory.join("exports/marginql.toml");
        self.files.push(PlannedFile { summary: "exports", path, content: Content::Project });
    }

    /// A file of an earlier, larger sample beside the new ones would be read with them, and its money counted.
    fn refuse_leftovers(&self) -> Result<()> {
        for (single, parts) in &self.shared {
            let mut existing = vec![single.clone()];
            if parts.is_dir() {
                for entry in std::fs::read_dir(parts).map_err(|error| file_error("read", parts, error))? {
                    existing.push(entry.map_err(|error| file_error("read", parts, error))?.path());
                }
            }
            existing.sort();
            let leftover = existing
                .into_iter()
                .find(|path| path.exists() && !self.files.iter().any(|file| file.path == *path));
            if let Some(leftover) = leftover {
                return Err(Error::usage(format!(
                    "`{}` is not part of the sample and would be mixed with it",
                    leftover.display()
                ))
                .hint("write the sample into an empty directory, or remove what an earlier one left there"));
            }
        }
        Ok(())
    }

    /// The files' paths within the sample's directory.
    #[cfg(test)]
    pub(super) fn paths(&self) -> Vec<String> {
        let relative = |file: &PlannedFile| file.path.strip_prefix(&self.directory).map(Path::to_owned);
        self.files.iter().filter_map(|file| relative(file).ok()?.to_str().map(str::to_owned)).collect()
    }

    /// Writes all files; the first failure stops the others.
    pub(super) fn run(self) -> Result<SampleSummary> {
        let next = AtomicUsize::new(0);
        let written: Mutex<Vec<(&'static str, u64, u64)>> = Mutex::new(Vec::new());
        let failed: Mutex<Option<Error>> = Mutex::new(None);
        let work = || {
            while let Some(file) = self.files.get(next.fetch_add(1, Ordering::Relaxed)) {
                match self.write_file(file) {
                    Ok((rows, bytes)) => {
                        written.lock().unwrap_or_else(PoisonError::into_inner).push((
                            file.summary,
                            rows,
                            bytes,
                        ));
                    }
                    Err(error) => {
                        failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                        next.store(self.files.len(), Ordering::Relaxed);
                    }
                }
            }
        };
        let threads = thread::available_parallelism().map_or(1, usize::from).min(self.files.len());
        thread::scope(|scope| {
            for _ in 1..threads {
                scope.spawn(work);
            }
            work();
        });
        if let Some(error) = failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
            return Err(error);
        }
        let written = written.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok(self.summary(&written))
    }

    fn summary(&self, written: &[(&'static str, u64, u64)]) -> SampleSummary {
        let summary_of = |name: &'static str| {
            let mut paths = self.files.iter().filter(|file| file.summary == name).map(|file| &file.path);
            let first = paths.next()?;
            // Several files share the directory that is named like their summary.
            let path = if paths.next().is_some() { self.directory.join(name) } else { first.clone() };
            let files = written.iter().filter(|(of, _, _)| *of == name);
            Some(TableSummary {
                name,
                path,
                files: files.clone().count() as u64,
                rows: files.clone().map(|(_, rows, _)| rows).sum(),
                bytes: files.map(|(_, _, bytes)| bytes).sum(),
            })
        };
        let names = Table::ALL.iter().map(|table| table.name()).chain(["exports", "truth"]);
        SampleSummary { tables: names.filter_map(summary_of).collect() }
    }

    fn write_file(&self, file: &PlannedFile) -> Result<(u64, u64)> {
        match &file.content {
            Content::Table(table, part) => self.write_table(*table, part, &file.path),
            Content::Export(export, days) => {
                vendors::write_export(&self.world(), export, days.clone(), &file.path)
            }
            Content::Truth(table) => self.write_truth(*table, &file.path),
            Content::Project => vendors::write_project(&self.world(), &self.sales_lines(), &file.path),
        }
    }

    fn world(&self) -> World<'_> {
        World { company: &self.company, size: &self.size, credits: self.credits }
    }

    /// Where the project file finds the lines of SYSPRO's sales.
    fn sales_lines(&self) -> String {
        let stem = SALES_LINES.stem.trim_start_matches("exports/");
        let single = self.directory.join(format!("{}.csv", SALES_LINES.stem));
        let is_single = self.files.iter().any(|file| file.path == single);
        if is_single { format!("{stem}.csv") } else { format!("{stem}/*.csv") }
    }

    fn write_table(&self, table: Table, part: &Part, path: &Path) -> Result<(u64, u64)> {
        let mut rows = Rows::new(table.columns());
        let mut target = TableFile::create(path, self.format, rows.schema())?;
        let mut flush = |rows: &mut Rows| {
            if rows.is_full() { target.write(&rows.finish()?) } else { Ok(()) }
        };
        match part {
            Part::Days(days) => {
                for day in days.clone() {
                    table.write_day(&self.company, &self.size, day, &mut rows, &mut flush)?;
                }
            }
            Part::Customers(customers) => {
                for index in customers.clone() {
                    table.write_customer(&self.company, index, &mut rows);
                    flush(&mut rows)?;
                }
            }
        }
        target.write(&rows.finish()?)?;
        target.finish()
    }

    fn write_truth(&self, table: TruthTable, path: &Path) -> Result<(u64, u64)> {
        let mut rows = Rows::new(table.columns());
        let mut target = TableFile::create(path, SampleFormat::Parquet, rows.schema())?;
        let mut flush = |rows: &mut Rows| {
            if rows.is_full() { target.write(&rows.finish()?) } else { Ok(()) }
        };
        let world = self.world();
        for index in 0..self.company.customers {
            table.write_customer(&world, &self.company.customer(index), &mut rows)?;
            flush(&mut rows)?;
        }
        for day in self.company.period.first..self.company.period.end {
            table.write_day(&world, day, &mut rows, &mut flush)?;
        }
        target.write(&rows.finish()?)?;
        target.finish()
    }
}

fn revenue_rows(scale: Decimal) -> Result<u64> {
    let rows = scale
        .checked_mul(Decimal::from(1_000_000))
        .and_then(|rows| rows.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero).to_u64())
        .unwrap_or(0);
    if (1_000..=1_000_000_000).contains(&rows) {
        return Ok(rows);
    }
    Err(Error::usage(format!("a sample of scale `{scale}` is not possible"))
        .hint("choose a scale from 0.001 to 1000; scale 1 is a million rows of revenue"))
}

/// 20,000 customers at scale 1; a small company still has 200, as long as that leaves each one 1.5 rows a month.
fn customers(revenue_rows: u64, months: u64) -> u64 {
    (revenue_rows / 50).max((revenue_rows * 2 / (3 * months)).min(200))
}
