/*---
description = "Revenue as given, net of tax. Where credits are positive in the file, a document type of `credit_types` turns their sign."
---*/
SELECT
    customer_key,
    posted_on,
    coalesce(category, $revenue_category) AS category,
    CASE
        WHEN $credit_sign = 'negate' AND is_credit THEN -amount
        ELSE amount
    END AS amount,
    coalesce(currency, $currency) AS currency,
    product,
    CASE
        WHEN $credit_sign = 'negate' AND is_credit THEN
            CASE WHEN amount > 0 THEN -abs(quantity) ELSE abs(quantity) END
        WHEN amount < 0 THEN -abs(quantity)
        ELSE abs(quantity)
    END AS quantity,
    document,
    document_type,
    original_amount,
    original_currency,
    fx_rate,
    service_from,
    service_to,
    source_file
FROM revenue_lines
