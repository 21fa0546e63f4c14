-- What `customer_success_margin` means, by hand.
WITH entries AS (
    SELECT customer_id, posted_on, amount AS revenue, NULL AS service_cost
    FROM revenue
    UNION ALL
    SELECT customer_id, posted_on, NULL, amount
    FROM costs
    WHERE category LIKE 'support.%' OR category LIKE 'success.%'
)
SELECT
    CAST(date_trunc('month', e.posted_on) AS DATE)                 AS month,
    c.segment,
    coalesce(sum(e.revenue), 0) - coalesce(sum(e.service_cost), 0) AS margin,
    CASE WHEN sum(e.revenue) > 0
        THEN round(100 * (sum(e.revenue) - coalesce(sum(e.service_cost), 0)) / sum(e.revenue), 4) END AS margin_pct
FROM entries e
JOIN customers c ON c.customer_id = e.customer_id
GROUP BY 1, 2
ORDER BY 1, 2;
