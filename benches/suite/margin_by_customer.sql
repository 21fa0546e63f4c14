-- The margin of every customer: revenue and cost in one ledger, aggregated once.
WITH entries AS (
    SELECT coalesce(customer_id, '') AS customer_id, amount AS revenue, NULL AS service_cost
    FROM revenue
    UNION ALL
    SELECT coalesce(customer_id, ''), NULL, amount
    FROM costs
    WHERE category LIKE 'support.%' OR category LIKE 'success.%'
)
SELECT
    customer_id,
    customer_success_margin(revenue, service_cost)     AS margin,
    customer_success_margin_pct(revenue, service_cost) AS margin_pct
FROM entries
GROUP BY customer_id
ORDER BY customer_id;
