-- How many customers of other sources each rule finds among those of the master.
WITH traits AS (
  SELECT
    source, customer_key,
    unnest(make_array('tax_id', 'domain', 'name')) AS rule,
    unnest(make_array(tax_id, domain, name_normalised)) AS trait
  FROM customer_identities
),
masters AS (
  SELECT DISTINCT rule, trait FROM traits WHERE source = $master
)
SELECT traits.rule, count(*) AS found
FROM traits
JOIN masters ON masters.rule = traits.rule AND masters.trait = traits.trait
WHERE traits.source <> $master
GROUP BY traits.rule
