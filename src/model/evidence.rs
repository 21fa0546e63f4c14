//! What the rows of the exports say about a new project: which rules find customers, what costs there are, who is left.

use datafusion::arrow::{
    array::{Array, AsArray},
    compute::cast,
    datatypes::DataType,
};

use super::Model;
use crate::{
    error::{Error, Result},
    query::Text,
};

/// A number of a rule counts only if so many of the numbers of a source are the master's: single ones are chance.
const SAME_NUMBERS_PCT: u64 = 50;

/// The columns of a starting crosswalk; the first three are what is read.
pub const CROSSWALK_COLUMNS: [&str; 8] = [
    "source",
    "source_key",
    "customer_id",
    "name",
    "candidate_id",
    "candidate_name",
    "candidate_score",
    "other_candidates",
];

type Texts = Vec<Vec<Option<String>>>;

impl Model {
    /// The rules that find customers of other sources among the master's, and how many they find.
    ///
    /// # Errors
    /// Files that cannot be read.
    pub async fn working_rules(&self) -> Result<Vec<(String, u64)>> {
        let number =
            |cell: &Option<String>| cell.as_deref().and_then(|text| text.parse().ok()).unwrap_or(0_u64);
        let mut rules = Vec::new();
        let ids = self.texts("ids", include_str!("evidence/ids.sql")).await?;
        let same: u64 = ids
            .iter()
            .map(|row| (number(&row[1]), number(&row[2])))
            .filter(|(numbers, found)| found * 100 >= numbers * SAME_NUMBERS_PCT)
            .map(|(_, found)| found)
            .sum();
        rules.push(("id".to_owned(), same));
        let found = self.texts("rules", include_str!("evidence/rules.sql")).await?;
        for rule in ["tax_id", "domain", "name"] {
            let row = found.iter().find(|row| row[0].as_deref() == Some(rule));
            rules.push((rule.to_owned(), row.map_or(0, |row| number(&row[1]))));
        }
        rules.retain(|(_, found)| *found > 0);
        Ok(rules)
    }

    /// The categories of the costs.
    ///
    /// # Errors
    /// Files that cannot be read.
    pub async fn cost_categories(&self) -> Result<Vec<String>> {
        let rows = self.texts("cost_categories", include_str!("evidence/cost_categories.sql")).await?;
        Ok(rows.into_iter().flatten().flatten().collect())
    }

    /// The rows of a starting crosswalk: the customers that no rule finds, by [`CROSSWALK_COLUMNS`].
    ///
    /// # Errors
    /// Files that cannot be read.
    pub async fn starting_crosswalk(&self) -> Result<Vec<Vec<String>>> {
        let rows = self.texts("crosswalk", include_str!("evidence/crosswalk.sql")).await?;
        let row = |mut row: Vec<Option<String>>| {
            row.insert(2, None);
            row.into_iter().map(Option::unwrap_or_default).collect()
        };
        Ok(rows.into_iter().map(row).collect())
    }

    /// The canonical tables that the sources give.
    pub fn provided(&self) -> Vec<String> {
        let given = |name: &&str| self.inner.sources.iter().any(|source| source.provides(name));
        super::Canonical::names().into_iter().filter(given).map(str::to_owned).collect()
    }

    /// Whether a source gives a canonical table, and from files that its connector needs for it.
    pub fn gives(&self, source: &str, canonical: &str) -> bool {
        let source = self.inner.sources.iter().find(|one| one.name == source);
        source.is_some_and(|source| {
            let needs = source.connector.provides.get(canonical);
            source.provides(canonical) && needs.is_some_and(|needs| !needs.is_empty())
        })
    }

    async fn texts(&self, name: &str, sql: &str) -> Result<Texts> {
        let text = Text::new(name, sql);
        let parameters = self.inner.settings.view_parameters()?;
        let plan = self.inner.planner.plan(&text, &parameters, None).await?;
        let mut rows = Vec::new();
        for batch in self.inner.planner.collect(&plan, &text).await? {
            let columns = batch.columns().iter().map(|column| cast(column, &DataType::Utf8));
            let columns = columns
                .collect::<std::result::Result<Vec<_>, _>>()
                .map_err(|error| Error::query("a value has no text").caused_by(error))?;
            for row in 0..batch.num_rows() {
                let cell = |column: &datafusion::arrow::array::ArrayRef| {
                    let texts = column.as_string::<i32>();
                    texts.is_valid(row).then(|| texts.value(row).to_owned())
                };
                rows.push(columns.iter().map(cell).collect());
            }
        }
        Ok(rows)
    }
}
