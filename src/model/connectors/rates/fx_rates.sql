/*---
description = "The project's rates, per unit"
---*/
SELECT
  currency,
  coalesce(to_currency, $reporting_currency) AS to_currency,
  quoted_on,
  rate / coalesce(units, 1) AS rate,
  kind
FROM rates
