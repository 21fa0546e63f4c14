/*---
group = "canonical"
description = "One row per customer: the master's record, and what other sources know where the master is silent"
[columns]
customer_id = "The customer: the master's number, or what the crosswalk says"
name = "The name"
parent_id = "The customer that owns this one"
segment = "The segment, group or class"
industry = "The industry"
region = "The sales region"
country = "The country"
plan = "The plan or edition"
owner = "Who looks after the customer"
acquisition_channel = "How the customer was won"
acquired_on = "The day the customer was won"
churned_on = "The day the customer left, NULL while it stays"
source = "The source of the first record: the master where it has one"
---*/
WITH records AS (
  -- The master first, then the sources as the project file lists them. What is known of a child says nothing about its parent.
  SELECT
    keys.customer_id, customers.*,
    CASE WHEN customers.source = $master AND keys.method = 'own' THEN -1 WHEN customers.source = $master THEN 0 ELSE sources.position END AS place
  FROM customer_keys AS keys
  JOIN all_customers AS customers ON customers.source = keys.source AND customers.customer_key = keys.source_key
  JOIN sources ON sources.source = keys.source
  WHERE keys.method NOT IN ('parent', 'alias')
),
known AS (
  SELECT
    customer_id,
    first_value(name ORDER BY place, source, customer_key) FILTER (WHERE name IS NOT NULL) AS name,
    first_value(segment ORDER BY place, source, customer_key) FILTER (WHERE segment IS NOT NULL) AS segment,
    first_value(industry ORDER BY place, source, customer_key) FILTER (WHERE industry IS NOT NULL) AS industry,
    first_value(region ORDER BY place, source, customer_key) FILTER (WHERE region IS NOT NULL) AS region,
    first_value(country ORDER BY place, source, customer_key) FILTER (WHERE country IS NOT NULL) AS country,
    first_value(plan ORDER BY place, source, customer_key) FILTER (WHERE plan IS NOT NULL) AS plan,
    first_value(owner ORDER BY place, source, customer_key) FILTER (WHERE owner IS NOT NULL) AS owner,
    first_value(acquisition_channel ORDER BY place, source, customer_key) FILTER (WHERE acquisition_channel IS NOT NULL) AS acquisition_channel,
    first_value(acquired_on ORDER BY place, source, customer_key) FILTER (WHERE acquired_on IS NOT NULL) AS acquired_on,
    first_value(churned_on ORDER BY place, source, customer_key) FILTER (WHERE churned_on IS NOT NULL) AS churned_on,
    first_value(source ORDER BY place, source, customer_key) AS source
  FROM records
  GROUP BY customer_id
),
parents AS (
  SELECT records.customer_id, first_value(parent.customer_id ORDER BY records.place, records.source, records.customer_key) AS parent_id
  FROM records
  JOIN customer_keys AS parent ON parent.source = records.source AND parent.source_key = records.parent_key
  WHERE parent.customer_id <> records.customer_id
  GROUP BY records.customer_id
),
-- A customer that only the crosswalk names is a customer all the same.
ids AS (
  SELECT DISTINCT customer_id FROM customer_keys
)
SELECT
  ids.customer_id, known.name, parents.parent_id, known.segment, known.industry, known.region, known.country, known.plan, known.owner,
  known.acquisition_channel, known.acquired_on, known.churned_on, known.source
FROM ids
LEFT JOIN known ON known.customer_id = ids.customer_id
LEFT JOIN parents ON parents.customer_id = ids.customer_id
