-- How many customer numbers each other source has, and how many of them are numbers of the master.
WITH masters AS (
  SELECT customer_key FROM customer_identities WHERE source = $master
),
numbers AS (
  SELECT DISTINCT source, customer_key FROM customer_key_totals WHERE source <> $master AND customer_key IS NOT NULL
)
SELECT numbers.source, count(*) AS numbers, count(masters.customer_key) AS found
FROM numbers
LEFT JOIN masters ON masters.customer_key = numbers.customer_key
GROUP BY numbers.source
