/*---
group = "canonical"
description = "One row per document line of revenue: net of tax, in the reporting currency, by customer"
[columns]
customer_id = "The customer, or (unattributed)"
posted_on = "The day the revenue counts on"
category = "A dotted path: subscription, product, upsell, services, support.maintenance, support.service_fees, support.other, other"
amount = "The amount net of tax in the reporting currency; credits are negative"
product = "The product or service"
quantity = "How many units of it, with the sign of the amount; NULL if the source does not say"
document = "The number of the invoice or credit note"
document_type = "What kind of document it is, in the vendor's terms"
original_amount = "The amount in the currency of the document"
original_currency = "The currency of the document"
fx_rate = "The rate that made `amount` of it: the vendor's own, or that of `fx_daily` for the day"
service_from = "The first day of the service that was paid for"
service_to = "The last day of that service"
source = "The source of the project file"
source_file = "The file that the row was read from"
---*/
SELECT
  coalesce(keys.customer_id, '(unattributed)') AS customer_id,
  lines.posted_on, coalesce(lines.category, 'other') AS category, lines.amount, lines.product, lines.quantity, lines.document, lines.document_type,
  lines.original_amount, lines.original_currency, lines.fx_rate, lines.service_from, lines.service_to, lines.source, lines.source_file
FROM customer_keys AS keys
RIGHT JOIN all_revenue AS lines ON keys.source = lines.source AND keys.source_key = lines.customer_key
WHERE lines.currency = $reporting_currency
UNION ALL
-- Amounts are rounded here, once, to cents where they are amounts of whole cents; everything after only adds.
SELECT
  coalesce(keys.customer_id, '(unattributed)'),
  lines.posted_on, coalesce(lines.category, 'other'),
  converted(lines.amount, known_rate(rates.rate, lines.currency, lines.posted_on)),
  lines.product, lines.quantity, lines.document, lines.document_type,
  coalesce(lines.original_amount, lines.amount), coalesce(lines.original_currency, lines.currency),
  CASE WHEN lines.original_currency <> lines.currency THEN lines.fx_rate ELSE CAST(rates.rate AS DECIMAL(28,10)) END,
  lines.service_from, lines.service_to, lines.source, lines.source_file
FROM customer_keys AS keys
RIGHT JOIN (
  fx_daily AS rates RIGHT JOIN all_revenue AS lines ON rates.currency = lines.currency AND rates.day = lines.posted_on
) ON keys.source = lines.source AND keys.source_key = lines.customer_key
WHERE lines.currency <> $reporting_currency
