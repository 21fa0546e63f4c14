/*---
description = "Rates as given, for one unit of the currency."
---*/
SELECT
    upper(currency) AS currency,
    upper(coalesce(to_currency, $reporting_currency)) AS to_currency,
    quoted_on,
    rate / coalesce(nullif(units, 0), 1) AS rate,
    kind
FROM fx_rates
