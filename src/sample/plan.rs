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
    SampleFormat, SampleOptions, SampleSummary, TableSummary,
    calendar::{Day, Period},
    company::Company,
    files::TableFile,
    rows::Rows,
    tables::{Size, Table},
};
use crate::error::{Error, Result, file_error};

/// A table with more rows than this is written as several files of about so many.
const FILE_ROWS: u64 = 500_000;

/// The files to write, and what they are made from.
pub(super) struct Plan {
    directory: PathBuf,
    format: SampleFormat,
    company: Company,
    size: Size,
    files: Vec<PlannedFile>,
}

struct PlannedFile {
    table: Table,
    path: PathBuf,
    part: Part,
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
            company,
            size,
            files: Vec::new(),
        };
        for table in Table::ALL {
            plan.add(table);
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
        let is_single = parts.len() == 1;
        for (number, part) in parts.into_iter().enumerate() {
            let path = if is_single {
                self.single_file(table)
            } else {
                self.part_directory(table).join(format!("part-{number:03}.{}", self.format.extension()))
            };
            self.files.push(PlannedFile { table, path, part });
        }
    }

    fn single_file(&self, table: Table) -> PathBuf {
        self.directory.join(format!("{}.{}", table.name(), self.format.extension()))
    }

    fn part_directory(&self, table: Table) -> PathBuf {
        self.directory.join(table.name())
    }

    /// A file of an earlier, larger sample beside the new ones would be read with them, and its money counted.
    fn refuse_leftovers(&self) -> Result<()> {
        for table in Table::ALL {
            let mut existing = vec![self.single_file(table)];
            let parts = self.part_directory(table);
            if parts.is_dir() {
                for entry in std::fs::read_dir(&parts).map_err(|error| file_error("read", &parts, error))? {
                    existing.push(entry.map_err(|error| file_error("read", &parts, error))?.path());
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
        let written: Mutex<Vec<(usize, u64, u64)>> = Mutex::new(Vec::new());
        let failed: Mutex<Option<Error>> = Mutex::new(None);
        let work = || {
            while let Some(file) = self.files.get(next.fetch_add(1, Ordering::Relaxed)) {
                match self.write_file(file) {
                    Ok((rows, bytes)) => {
                        let table = Table::ALL.iter().position(|table| *table == file.table).unwrap_or(0);
                        written.lock().unwrap_or_else(PoisonError::into_inner).push((table, rows, bytes));
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

    fn summary(&self, written: &[(usize, u64, u64)]) -> SampleSummary {
        let summary_of = |(position, table): (usize, &Table)| {
            let single = self.single_file(*table);
            let is_single = self.files.iter().any(|file| file.path == single);
            let files = written.iter().filter(|(of, _, _)| *of == position);
            TableSummary {
                name: table.name(),
                path: if is_single { single } else { self.part_directory(*table) },
                files: files.clone().count() as u64,
                rows: files.clone().map(|(_, rows, _)| rows).sum(),
                bytes: files.map(|(_, _, bytes)| bytes).sum(),
            }
        };
        SampleSummary { tables: Table::ALL.iter().enumerate().map(summary_of).collect() }
    }

    fn write_file(&self, file: &PlannedFile) -> Result<(u64, u64)> {
        let mut rows = Rows::new(file.table.columns());
        let mut target = TableFile::create(&file.path, self.format, rows.schema())?;
        let mut flush = |rows: &mut Rows| {
            if rows.is_full() { target.write(&rows.finish()?) } else { Ok(()) }
        };
        match &file.part {
            Part::Days(days) => {
                for day in days.clone() {
                    file.table.write_day(&self.company, &self.size, day, &mut rows, &mut flush)?;
                }
            }
            Part::Customers(customers) => {
                for index in customers.clone() {
                    file.table.write_customer(&self.company, index, &mut rows);
                    flush(&mut rows)?;
                }
            }
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
