/*---
kept = true
description = "One row per currency and day: the latest rate quoted on or before the day. A quote holds for at most 366 days, so that yearly rates work and forgotten lists do not"
[columns]
currency = "The currency of the amount"
day = "The day"
rate = "Reporting amount = amount × rate"
quoted_on = "The day of the quote that holds"
kind = "direct, inverse or triangulated, as in `fx_rates`"
---*/
WITH periods AS (
  SELECT
    currency, rate, quoted_on, kind,
    least(
      quoted_on + INTERVAL '365 days',
      coalesce(lead(quoted_on) OVER (PARTITION BY currency ORDER BY quoted_on) - INTERVAL '1 day', quoted_on + INTERVAL '365 days')
    ) AS valid_to
  FROM fx_rates
)
SELECT currency, CAST(unnest(generate_series(quoted_on, valid_to, INTERVAL '1 day')) AS DATE) AS day, rate, quoted_on, kind
FROM periods
