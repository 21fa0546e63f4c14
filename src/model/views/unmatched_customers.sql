/*---
group = "control"
description = "One row per customer number that no customer of the master was found for, with the most alike names of the master. Rows without any number are counted in `coverage`"
[columns]
source = "The source of the project file"
source_key = "The customer number in that source"
name = "The name as the source has it; NULL if the source has no such record"
rows = "How many rows of all tables carry the number"
amount = "The revenue and costs in them, in the source's currency; NULL without any"
candidate_id = "The customer of the master whose name is most alike; NULL if none comes near"
candidate_name = "Its name"
candidate_score = "How alike the names are, 0 to 100: 100 less the letters to change in percent of the longer name"
other_candidates = "Up to two more, as `number name (score)`"
---*/
WITH
totals AS (
  SELECT source, customer_key, sum(rows) AS rows, sum(CASE WHEN table_name IN ('revenue', 'costs') THEN amount END) AS amount
  FROM customer_key_totals
  WHERE customer_key IS NOT NULL
  GROUP BY source, customer_key
  UNION ALL
  SELECT source, customer_key, 0, NULL
  FROM customer_identities
),
unmatched AS (
  SELECT totals.source, totals.customer_key, sum(totals.rows) AS rows, sum(totals.amount) AS amount
  FROM totals
  LEFT ANTI JOIN customer_keys AS keys ON keys.source = totals.source AND keys.source_key = totals.customer_key
  GROUP BY totals.source, totals.customer_key
),
described AS (
  SELECT unmatched.*, identities.name, identities.name_normalised
  FROM unmatched
  LEFT JOIN customer_identities AS identities ON identities.source = unmatched.source AND identities.customer_key = unmatched.customer_key
),
-- Only names that begin alike are compared: every name with every other would be too many.
compared AS (
  SELECT
    described.source, described.customer_key, masters.customer_key AS candidate_id, masters.name AS candidate_name,
    CAST(round(100 - 100 * levenshtein(described.name_normalised, masters.name_normalised)
      / greatest(character_length(described.name_normalised), character_length(masters.name_normalised)), 0) AS BIGINT) AS score
  FROM described
  JOIN customer_identities AS masters ON left(masters.name_normalised, 2) = left(described.name_normalised, 2)
  WHERE masters.source = $master
),
ranked AS (
  SELECT *, row_number() OVER (PARTITION BY source, customer_key ORDER BY score DESC, candidate_id) AS place
  FROM compared
  WHERE score >= 50
),
candidates AS (
  SELECT
    source, customer_key,
    max(candidate_id) FILTER (WHERE place = 1) AS candidate_id,
    max(candidate_name) FILTER (WHERE place = 1) AS candidate_name,
    max(score) FILTER (WHERE place = 1) AS candidate_score,
    string_agg(concat(candidate_id, ' ', candidate_name, ' (', score, ')'), '; ' ORDER BY place) FILTER (WHERE place > 1) AS other_candidates
  FROM ranked
  WHERE place <= 3
  GROUP BY source, customer_key
)
SELECT
  described.source, described.customer_key AS source_key, described.name, CAST(described.rows AS BIGINT) AS rows, described.amount,
  candidates.candidate_id, candidates.candidate_name, candidates.candidate_score, candidates.other_candidates
FROM described
LEFT JOIN candidates ON candidates.source = described.source AND candidates.customer_key = described.customer_key
