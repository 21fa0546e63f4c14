/*---
description = "Which customer of the master each rule of the project's `match` finds for a record of another source, only where both sides are unambiguous"
[columns]
source = "The source of the project file"
source_key = "The customer number in that source"
customer_id = "The customer of the master"
position = "The place of the rule in the project's `match`, from 1"
method = "The rule: id, tax_id, domain or name"
---*/
WITH
traits AS (
  SELECT source, customer_key, 'tax_id' AS rule, tax_id AS trait FROM customer_identities WHERE tax_id IS NOT NULL
  UNION ALL
  SELECT source, customer_key, 'domain', domain FROM customer_identities WHERE domain IS NOT NULL
  UNION ALL
  SELECT source, customer_key, 'name', name_normalised FROM customer_identities WHERE name_normalised IS NOT NULL
),
-- A trait that two records of one source share could mean either, so it means neither.
telling_traits AS (
  SELECT source, rule, trait, min(customer_key) AS customer_key
  FROM traits
  GROUP BY source, rule, trait
  HAVING count(*) = 1
)
SELECT others.source, others.customer_key AS source_key, masters.customer_key AS customer_id, rules.position, rules.rule AS method
FROM telling_traits AS others
JOIN telling_traits AS masters ON masters.rule = others.rule AND masters.trait = others.trait
JOIN match_rules AS rules ON rules.rule = others.rule
WHERE others.source <> $master AND masters.source = $master
UNION ALL
-- The master's numbers hold in every source, also in one that gives no customers of its own.
SELECT sources.source, masters.customer_key, masters.customer_key, rules.position, rules.rule
FROM sources
CROSS JOIN customer_identities AS masters
CROSS JOIN match_rules AS rules
WHERE sources.source <> $master AND masters.source = $master AND rules.rule = 'id'
