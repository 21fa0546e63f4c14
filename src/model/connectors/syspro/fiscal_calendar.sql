/*---
kept = true
description = "First and last day of fiscal periods that are not calendar months: from `fiscal_periods`, else the period ends of GenControl."
---*/
SELECT fiscal_year, fiscal_period, first_day, last_day
FROM fiscal_periods
UNION ALL
SELECT fiscal_year, fiscal_period, first_day, last_day
FROM (
  SELECT
    -- The sixth period lies well inside the year, so its end names the year also where periods are weeks.
    fiscal_year(middle, $fiscal_year_starts) AS fiscal_year,
    fiscal_period,
    coalesce(CAST(lag(last_day) OVER (ORDER BY fiscal_period) + INTERVAL '1 day' AS DATE), CAST(date_trunc('month', last_day - INTERVAL '14 days') AS DATE)) AS first_day,
    last_day
  FROM (
    SELECT cur_yr_prd_end6 AS middle, 1 AS fiscal_period, cur_yr_prd_end1 AS last_day FROM gen_control
    UNION ALL SELECT cur_yr_prd_end6 AS middle, 2 AS fiscal_period, cur_yr_prd_end2 AS last_day FROM gen_control
    UNION ALL SELECT cur_yr_prd_end6 AS middle, 3 AS fiscal_period, cur_yr_prd_end3 AS last_day FROM gen_control
    UNION ALL SELECT cur_yr_prd_end6 AS middle, 4 AS fiscal_period, cur_yr_prd_end4 AS last_day FROM gen_control
    UNION ALL SELECT cur_yr_prd_end6 AS middle, 5 AS fiscal_period, cur_yr_prd_end5 AS last_day FROM gen_control
    UNION ALL SELECT cur_yr_prd_end6 AS middle, 6 AS fiscal_period, cur_yr_prd_end6 AS last_day FROM gen_control
    UNION ALL SELECT cur_yr_prd_end6 AS middle, 7 AS fiscal_period, cur_yr_prd_end7 AS last_day FROM gen_control
    UNION ALL SELECT cur_yr_prd_end6 AS middle, 8 AS fiscal_period, cur_yr_prd_end8 AS last_day FROM gen_control
    UNION ALL SELECT cur_yr_prd_end6 AS middle, 9 AS fiscal_period, cur_yr_prd_end9 AS last_day FROM gen_control
    UNION ALL SELECT cur_yr_prd_end6 AS middle, 10 AS fiscal_period, cur_yr_prd_end10 AS last_day FROM gen_control
    UNION ALL SELECT cur_yr_prd_end6 AS middle, 11 AS fiscal_period, cur_yr_prd_end11 AS last_day FROM gen_control
    UNION ALL SELECT cur_yr_prd_end6 AS middle, 12 AS fiscal_period, cur_yr_prd_end12 AS last_day FROM gen_control
    UNION ALL SELECT cur_yr_prd_end6 AS middle, 13 AS fiscal_period, cur_yr_prd_end13 AS last_day FROM gen_control
  ) AS ends
  WHERE last_day IS NOT NULL AND middle IS NOT NULL
) AS controlled
WHERE fiscal_year NOT IN (SELECT fiscal_year FROM fiscal_periods)
