/*---
group = "canonical"
description = "One row per day, from 1990 to the end of the tenth year after the project's date"
[columns]
day = "The day"
week = "The Monday of its week"
month = "The first day of its month"
quarter = "The first day of its calendar quarter"
year = "The calendar year"
fiscal_year = "The fiscal year, named after the calendar year in which it ends"
fiscal_quarter = "The quarter of the fiscal year, 1 to 4"
fiscal_period = "The month of the fiscal year, 1 to 12"
---*/
WITH days AS (
  SELECT CAST(unnest(generate_series(DATE '1990-01-01', CAST(date_trunc('year', $as_of) + INTERVAL '11 years' - INTERVAL '1 day' AS DATE), INTERVAL '1 day')) AS DATE) AS day
)
SELECT
  day,
  CAST(date_trunc('week', day) AS DATE) AS week,
  CAST(date_trunc('month', day) AS DATE) AS month,
  CAST(date_trunc('quarter', day) AS DATE) AS quarter,
  CAST(date_part('year', day) AS INT) AS year,
  fiscal_year(day, $fiscal_year_starts) AS fiscal_year,
  fiscal_quarter(day, $fiscal_year_starts) AS fiscal_quarter,
  fiscal_period(day, $fiscal_year_starts) AS fiscal_period
FROM days
