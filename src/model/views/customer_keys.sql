/*---
description = "Which customer each source's customer number means; every number of a source once. Numbers that are not here belong to (unattributed)"
[columns]
source = "The source of the project file"
source_key = "The customer number in that source"
customer_id = "The customer"
method = "Why: crosswalk, own (the master's number), alias (merged or renamed), a match rule (id, tax_id, domain, name), or parent"
---*/
WITH RECURSIVE ancestors (source, source_key, ancestor_key, step) AS (
  SELECT source, customer_key, parent_key, 1
  FROM customer_identities
  WHERE parent_key <> customer_key
  UNION ALL
  -- The limit ends companies that claim to own each other.
  SELECT ancestors.source, ancestors.source_key, parents.parent_key, ancestors.step + 1
  FROM ancestors
  JOIN customer_identities AS parents ON parents.source = ancestors.source AND parents.customer_key = ancestors.ancestor_key
  WHERE ancestors.step < 10 AND parents.parent_key <> parents.customer_key
),
claims AS (
  SELECT source, source_key, customer_id, -1 AS position, 'crosswalk' AS method FROM crosswalk
  UNION ALL
  SELECT source, customer_key, customer_key, 0, 'own' FROM customer_identities WHERE source = $master
  UNION ALL
  SELECT candidates.source, candidates.source_key, candidates.customer_id, candidates.position, candidates.method
  FROM customer_candidates AS candidates
  LEFT ANTI JOIN customer_roots AS roots ON roots.source = candidates.source AND roots.alias_key = candidates.source_key
),
matched AS (
  SELECT
    source, source_key,
    first_value(customer_id ORDER BY position, customer_id) AS customer_id,
    first_value(method ORDER BY position, customer_id) AS method
  FROM claims
  GROUP BY source, source_key
),
by_parent AS (
  SELECT ancestors.source, ancestors.source_key, first_value(matched.customer_id ORDER BY ancestors.step) AS customer_id, 'parent' AS method
  FROM ancestors
  JOIN matched ON matched.source = ancestors.source AND matched.source_key = ancestors.ancestor_key
  LEFT ANTI JOIN matched AS already ON already.source = ancestors.source AND already.source_key = ancestors.source_key
  GROUP BY ancestors.source, ancestors.source_key
),
living AS (
  SELECT source, source_key, customer_id, method FROM matched
  UNION ALL
  SELECT source, source_key, customer_id, method FROM by_parent
)
SELECT source, source_key, customer_id, method FROM living
UNION ALL
SELECT roots.source, roots.alias_key, living.customer_id, 'alias'
FROM customer_roots AS roots
JOIN living ON living.source = roots.source AND living.source_key = roots.customer_key
LEFT ANTI JOIN matched AS already ON already.source = roots.source AND already.source_key = roots.alias_key
