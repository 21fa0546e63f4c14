-- What `customer_success_margin` means, by hand.
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
    coalesce(sum(revenue), 0) - coalesce(sum(service_cost), 0) AS margin,
    CASE WHEN sum(revenue) > 0
        THEN round(100 * (sum(revenue) - coalesce(sum(service_cost), 0)) / sum(revenue), 4) END AS margin_pct
FROM entries
GROUP BY customer_id
ORDER BY customer_id;
