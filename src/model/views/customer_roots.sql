/*---
description = "What each merged or renamed customer record has become, chains of merges followed"
[columns]
source = "The source of the project file"
alias_key = "The customer number that is no longer a customer of its own"
customer_key = "The customer number at the end of the chain"
---*/
WITH RECURSIVE chain (source, alias_key, customer_key, step) AS (
  SELECT source, alias_key, customer_key, 1
  FROM all_customer_aliases
  WHERE alias_key <> customer_key
  UNION ALL
  -- Ten merges in a row are more than any export shows; the limit ends records that claim to have become each other.
  SELECT chain.source, chain.alias_key, aliases.customer_key, chain.step + 1
  FROM chain
  JOIN all_customer_aliases AS aliases ON aliases.source = chain.source AND aliases.alias_key = chain.customer_key
  WHERE chain.step < 10 AND aliases.alias_key <> aliases.customer_key
)
SELECT source, alias_key, first_value(customer_key ORDER BY step DESC, customer_key) AS customer_key
FROM chain
GROUP BY source, alias_key
