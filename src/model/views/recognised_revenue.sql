/*---
description = "Revenue by the day it is recognised: the day it was posted, or with `recognition = \"service_period\"` spread by day over the months of the service"
[columns]
customer_id = "The customer, or (unattributed)"
posted_on = "The day it was posted, or the first day of the service in the month"
category = "The category of the revenue line"
amount = "The amount in the reporting currency; the parts of a line add to the line"
product = "The product or service"
quantity = "How many units of it; spread like the amount, by day"
source = "The source of the project file"
document = "The number of the invoice or credit note"
---*/
SELECT customer_id, posted_on, category, amount, product, quantity, source, document
FROM revenue
WHERE $recognition = 'posted' OR service_from IS NULL OR service_to IS NULL OR service_to < service_from
UNION ALL
-- Spread in cents; what a line holds below a cent stays in its first month.
SELECT
  customer_id, CAST(greatest(month, service_from) AS DATE), category,
  as_money(
    prorate(CAST(round(amount, 2) AS DECIMAL(18,2)), service_from, service_to, month, CAST(month + INTERVAL '1 month' - INTERVAL '1 day' AS DATE))
    + CASE WHEN month <= service_from THEN amount - round(amount, 2) ELSE 0 END),
  product, CAST(prorate(quantity, service_from, service_to, month, CAST(month + INTERVAL '1 month' - INTERVAL '1 day' AS DATE)) AS DECIMAL(18,6)),
  source, document
FROM (
  SELECT
    customer_id, category, amount, product, quantity, source, document, service_from, service_to,
    CAST(unnest(generate_series(CAST(date_trunc('month', service_from) AS DATE), service_to, INTERVAL '1 month')) AS DATE) AS month
  FROM revenue
  WHERE $recognition = 'service_period' AND service_from <= service_to
) AS months
