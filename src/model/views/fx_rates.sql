/*---
group = "canonical"
description = "One row per currency and quoted day: the rate into the reporting currency, quoted or derived"
[columns]
currency = "The currency of the amount"
quoted_on = "The day of the quote"
rate = "Reporting amount = amount × rate"
kind = "direct (quoted so), inverse (1 / the quote), or triangulated (both currencies quoted against a third on that day)"
---*/
WITH
quotes AS (
  SELECT source, currency, to_currency, quoted_on, CAST(rate AS DECIMAL(38,18)) AS rate, false AS inverted
  FROM all_fx_rates
  WHERE rate > 0 AND currency <> to_currency
  UNION ALL
  SELECT source, to_currency, currency, quoted_on, CAST(CAST(1 AS DECIMAL(38,18)) / rate AS DECIMAL(38,18)), true
  FROM all_fx_rates
  WHERE rate > 0 AND currency <> to_currency
),
offers AS (
  SELECT source, currency, quoted_on, rate, CASE WHEN inverted THEN 'inverse' ELSE 'direct' END AS kind
  FROM quotes
  WHERE to_currency = $reporting_currency
  UNION ALL
  -- The last step of a triangle leads into the reporting currency; both quotes are of the same list and day.
  SELECT first_leg.source, first_leg.currency, first_leg.quoted_on, CAST(first_leg.rate * second_leg.rate AS DECIMAL(38,18)), 'triangulated'
  FROM quotes AS first_leg
  JOIN quotes AS second_leg
    ON second_leg.source = first_leg.source AND second_leg.currency = first_leg.to_currency AND second_leg.quoted_on = first_leg.quoted_on
  WHERE second_leg.to_currency = $reporting_currency AND first_leg.currency <> $reporting_currency AND first_leg.to_currency <> $reporting_currency
)
SELECT currency, quoted_on, rate, kind
FROM offers
QUALIFY row_number() OVER (
  PARTITION BY currency, quoted_on
  -- 'direct' before 'inverse' before 'triangulated' is the order of the alphabet.
  ORDER BY kind, source, rate
) = 1
