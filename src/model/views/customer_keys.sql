/*---
kept = true
description = "Which customer each source's customer number means; every number of a source once. Numbers that are not here belong to (unattributed)"
[columns]
source = "The source of the project file"
source_key = "The customer number in that source"
customer_id = "The customer"
method = "Why: crosswalk, own (the master's number), alias (merged or renamed), a match rule (id, tax_id, domain, name), or parent"
---*/
WITH RECURSIVE chain (source, source_key, customer_id, method, next_key, step) AS (
  SELECT source, source_key, customer_id, method, next_key, 1
  FROM customer_claims
  UNION ALL
  -- The limit ends records that claim to have become, or to own, each other.
  SELECT chain.source, chain.source_key, claims.customer_id, chain.method, claims.next_key, chain.step + 1
  FROM chain
  JOIN customer_claims AS claims ON claims.source = chain.source AND claims.source_key = chain.next_key
  WHERE chain.customer_id IS NULL AND chain.step < 10
)
SELECT source, source_key, customer_id, method
FROM chain
WHERE customer_id IS NOT NULL
