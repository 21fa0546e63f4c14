/*---
kept = true
description = "One row per customer number of every source: the customer that the crosswalk, the master or a match rule finds for it, and whom to ask if none does"
[columns]
source = "The source of the project file"
source_key = "The customer number in that source"
customer_id = "The customer; NULL if nothing finds one"
method = "How it was found: crosswalk, own, id, tax_id, domain or name; else what `next_key` is: alias or parent"
next_key = "The number that this one has become, or its parent's; NULL if there is neither"
---*/
WITH
traits AS (
  SELECT
    identities.source, identities.customer_key, identities.parent_key, sources.names,
    unnest(make_array('id', 'tax_id', 'domain', 'name')) AS rule,
    unnest(make_array(identities.customer_key, identities.tax_id, identities.domain, identities.name_normalised)) AS trait
  FROM customer_identities AS identities
  CROSS JOIN (SELECT array_agg(source) AS names FROM sources) AS sources
),
-- A trait that two records of one source share could mean either, so it means neither.
found AS (
  SELECT
    traits.*, rules.position,
    CASE
      WHEN count(*) OVER (PARTITION BY traits.source, traits.rule, traits.trait) = 1
        AND count(*) FILTER (WHERE traits.source = $master) OVER (PARTITION BY traits.rule, traits.trait) = 1
      THEN min(traits.customer_key) FILTER (WHERE traits.source = $master) OVER (PARTITION BY traits.rule, traits.trait)
    END AS customer_id
  FROM traits
  LEFT JOIN match_rules AS rules ON rules.rule = traits.rule
  WHERE traits.trait IS NOT NULL
),
claims AS (
  SELECT
    -- With the rule `id` the master's numbers hold in every source, also in one that gives no customers of its own.
    unnest(CASE WHEN source = $master AND rule = 'id' AND position IS NOT NULL THEN names ELSE make_array(source) END) AS source,
    customer_key AS source_key, source AS found_in, parent_key, claimed, rule, place
  FROM (
    SELECT
      *, coalesce(position, 0) AS place,
      CASE WHEN position IS NOT NULL OR (source = $master AND rule = 'id') THEN customer_id END AS claimed
    FROM found
  ) AS candidates
),
ranked AS (
  SELECT
    source, source_key, claimed AS customer_id,
    CASE WHEN found_in = source THEN parent_key END AS next_key,
    CASE WHEN rule = 'id' AND source = $master THEN 'own' ELSE rule END AS method,
    CASE WHEN rule = 'id' AND source = $master THEN 0 ELSE place END AS position
  FROM claims
  UNION ALL
  SELECT source, alias_key, CAST(NULL AS TEXT) AS customer_id, customer_key AS next_key, 'alias' AS method, 0 AS position
  FROM all_customer_aliases
  WHERE alias_key <> customer_key
  UNION ALL
  SELECT source, source_key, customer_id, CAST(NULL AS TEXT) AS next_key, 'crosswalk' AS method, -1 AS position
  FROM crosswalk
  -- A row without a customer says only that nobody knows yet.
  WHERE customer_id IS NOT NULL
),
merged AS (
  SELECT
    source, source_key, customer_id, method,
    min(CASE WHEN method = 'alias' THEN next_key END) OVER (PARTITION BY source, source_key) AS alias_of,
    min(CASE WHEN method <> 'alias' THEN next_key END) OVER (PARTITION BY source, source_key) AS parent_key
  FROM ranked
  QUALIFY row_number() OVER (PARTITION BY source, source_key ORDER BY customer_id IS NULL, position, customer_id) = 1
)
-- A number that has become another one is no customer, whatever a rule finds for it; only the crosswalk says otherwise.
SELECT
  source, source_key,
  CASE WHEN alias_of IS NULL OR method = 'crosswalk' THEN customer_id END AS customer_id,
  CASE
    WHEN alias_of IS NOT NULL AND method IS DISTINCT FROM 'crosswalk' THEN 'alias'
    WHEN customer_id IS NULL THEN 'parent'
    ELSE method
  END AS method,
  coalesce(alias_of, nullif(parent_key, source_key)) AS next_key
FROM merged
