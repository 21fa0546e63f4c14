//! Makes a finding small: the statement, the way, the storage of the tables, then their columns and rows.

use std::time::{Duration, Instant};

use crate::{
    oracle::{Case, Check, Finding, Kind, Verdict, judge},
    reduce,
    report::{self, signature},
    session::{DataSet, Executor, Side, World, needed_views},
    sql::Dialect,
    storage::{Shape, Storage},
    ways::WAYS,
};

/// A finding with everything that it takes.
pub struct Shrunk {
    /// The check that finds it.
    pub check: Check,
    /// The statement.
    pub case: Case,
    /// The tables.
    pub data: DataSet,
    /// What is found.
    pub finding: Finding,
}

/// A finding may take this long to shrink.
const TIME_MAX: Duration = Duration::from_secs(60);
/// A statement that takes longer is no reduction.
const STATEMENT_MAX: Duration = Duration::from_secs(5);

/// Reduces a finding for as long as it stays one of its kind.
pub fn shrink(
    executor: &mut Executor,
    world: &World,
    check: Check,
    case: Case,
    finding: Finding,
    limit: Duration,
) -> Shrunk {
    let shrunk = Shrunk { check, case, data: world.data.clone(), finding };
    // To see that it still has no end would take as long each time.
    if shrunk.finding.kind == Kind::Hang {
        return shrunk;
    }
    executor.set_limit(STATEMENT_MAX);
    let mut shrinker = Shrinker { executor, shrunk, end: Instant::now() + TIME_MAX };
    shrinker.without_rows();
    if let Ok(mut small) = World::new(shrinker.shrunk.data.clone()) {
        shrinker.statement(&mut small);
    }
    shrinker.tables();
    if let Ok(mut small) = World::new(shrinker.shrunk.data.clone()) {
        shrinker.way(&mut small);
    }
    shrinker.storages();
    shrinker.rows();
    // Fewer rows let more of the statement go.
    if let Ok(mut small) = World::new(shrinker.shrunk.data.clone()) {
        shrinker.statement(&mut small);
    }
    shrinker.tables();
    shrinker.columns();
    let shrunk = shrinker.shrunk;
    executor.set_limit(limit);
    shrunk
}

struct Shrinker<'a> {
    executor: &'a mut Executor,
    shrunk: Shrunk,
    end: Instant,
}

impl Shrinker<'_> {
    fn is_over(&self) -> bool {
        Instant::now() > self.end
    }

    /// Keeps the statement if it is still found.
    fn try_case(&mut self, world: &mut World, check: Check, case: Case) -> bool {
        let Verdict::Finding(finding) = judge(world, self.executor, check, &case) else { return false };
        let is_same = signature(&finding) == signature(&self.shrunk.finding);
        if is_same {
            self.shrunk.check = check;
            self.shrunk.case = case;
            self.shrunk.finding = *finding;
        }
        is_same
    }

    /// Keeps the tables if it is still found.
    fn try_data(&mut self, data: DataSet) -> bool {
        let Ok(mut world) = World::new(data.clone()) else { return false };
        let is_found = self.try_case(&mut world, self.shrunk.check, self.shrunk.case.clone());
        if is_found {
            self.shrunk.data = data;
        }
        is_found
    }

    /// Errors in plans need no rows, and everything after this is faster without.
    fn without_rows(&mut self) {
        let mut data = self.shrunk.data.clone();
        for table in &mut data.tables {
            table.rows.clear();
        }
        data.storages.iter_mut().flatten().for_each(|storage| *storage = Storage::Memory);
        self.try_data(data);
    }

    fn statement(&mut self, world: &mut World) {
        loop {
            let before = self.shrunk.case.clone();
            let mut turn = 0;
            while let Some(case) = reduce::reduced(&self.shrunk.case, turn) {
                if self.is_over() {
                    return;
                }
                // Putting a view in its place makes a statement longer, but can be done only so often.
                let is_kept = weight(&case) < weight(&self.shrunk.case)
                    && self.try_case(world, self.shrunk.check, case);
                if !is_kept {
                    turn += 1;
                }
            }
            if self.shrunk.case == before {
                return;
            }
        }
    }

    fn way_in_use(&self) -> Option<usize> {
        match self.shrunk.check {
            Check::Pair(Side::Way(way), _)
            | Check::Pair(_, Side::Way(way))
            | Check::Partition(Side::Way(way))
            | Check::Column(Side::Way(way))
            | Check::Moved(Side::Way(way)) => Some(way),
            _ => None,
        }
    }

    /// A simpler way, if that is enough.
    fn way(&mut self, world: &mut World) {
        let Some(current) = self.way_in_use() else { return };
        for way in 0..current.min(WAYS.len()) {
            let simpler = |side: Side| if side == Side::Way(current) { Side::Way(way) } else { side };
            let check = match self.shrunk.check {
                Check::Pair(left, right) => Check::Pair(simpler(left), simpler(right)),
                Check::Partition(side) => Check::Partition(simpler(side)),
                Check::Column(side) => Check::Column(simpler(side)),
                Check::Moved(side) => Check::Moved(simpler(side)),
            };
            // The tables stay in the files that they were in.
            world.data.storages[way] = self.shrunk.data.storages[current].clone();
            if self.is_over() || self.try_case(world, check, self.shrunk.case.clone()) {
                self.shrunk.data = world.data.clone();
                return;
            }
            world.data = self.shrunk.data.clone();
        }
    }

    /// Tables that the statement does not name.
    fn tables(&mut self) {
        let text = self.text();
        let mut data = self.shrunk.data.clone();
        for place in (0..data.tables.len()).rev() {
            if !text.contains(&format!("{} AS ", crate::sql::quoted(&data.tables[place].name))) {
                data.tables.remove(place);
                for storages in &mut data.storages {
                    storages.remove(place);
                }
            }
        }
        self.try_data(data);
    }

    fn storages(&mut self) {
        for place in 0..self.shrunk.data.tables.len() {
            let Some(way) = self.way_in_use() else { continue };
            for simpler in simpler_storages(&self.shrunk.data.storages[way][place].clone()) {
                let mut data = self.shrunk.data.clone();
                data.storages[way][place] = simpler;
                if self.is_over() {
                    return;
                }
                self.try_data(data);
            }
        }
    }

    /// Takes away rows, in ever smaller pieces.
    fn rows(&mut self) {
        for place in 0..self.shrunk.data.tables.len() {
            let mut size = self.shrunk.data.tables[place].rows.len();
            while size > 0 {
                let mut start = 0;
                while start < self.shrunk.data.tables[place].rows.len() {
                    if self.is_over() {
                        return;
                    }
                    let mut data = self.shrunk.data.clone();
                    let rows = &mut data.tables[place].rows;
                    let end = (start + size).min(rows.len());
                    rows.drain(start..end);
                    if !self.try_data(data) {
                        start += size;
                    }
                }
                size /= 2;
            }
        }
    }

    /// Takes away columns that the statement does not name.
    fn columns(&mut self) {
        let text = self.text();
        for place in 0..self.shrunk.data.tables.len() {
            for column in (0..self.shrunk.data.tables[place].columns.len()).rev() {
                let mut data = self.shrunk.data.clone();
                let table = &mut data.tables[place];
                if table.columns.len() == 1
                    || text.contains(&*crate::sql::quoted(&table.columns[column].name))
                {
                    continue;
                }
                table.columns.remove(column);
                for row in &mut table.rows {
                    row.remove(column);
                }
                if self.is_over() {
                    return;
                }
                self.try_data(data);
            }
        }
    }

    fn text(&self) -> String {
        report::statements(&self.shrunk.case, &self.shrunk.finding, Dialect::Ours)
    }
}

/// Simpler storages, the simplest first.
fn simpler_storages(storage: &Storage) -> Vec<Storage> {
    let mut simpler = vec![Storage::Memory, Storage::plain()];
    if let Storage::Parquet(shape) = storage {
        let one_less: [&dyn Fn(&mut Shape); 5] = [
            &|shape| shape.files = 2,
            &|shape| shape.dictionary = false,
            &|shape| shape.mixed_types = false,
            &|shape| shape.lacking = None,
            &|shape| shape.group_rows = 100_000,
        ];
        for change in one_less {
            let mut shape = shape.clone();
            change(&mut shape);
            simpler.push(Storage::Parquet(shape));
        }
    }
    simpler.retain(|simpler| simpler != storage);
    simpler
}

/// What makes a statement long to read: names that stand for other queries, then its length.
fn weight(case: &Case) -> (usize, usize) {
    let mut text = case.statement.query.write(Dialect::Ours).sql;
    if let Some(condition) = &case.condition {
        text.push_str(&condition.write(Dialect::Ours).sql);
    }
    for view in needed_views(&case.statement) {
        text.push_str(&view.query.write(Dialect::Ours).sql);
    }
    let is_reference = |before: &str| {
        let word = before.rsplit([' ', '(']).next().unwrap_or_default();
        let number = word.strip_prefix('v').or_else(|| word.strip_prefix('w')).unwrap_or_default();
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    };
    let references = text.match_indices(" AS t").filter(|(place, _)| is_reference(&text[..*place])).count();
    (references, text.len())
}
