-- Segment profitability: a join with the customers, few groups.
WITH entries AS (
    SELECT customer_id, posted_on, amount AS revenue, NULL AS service_cost
    FROM revenue
    UNION ALL
    SELECT customer_id, posted_on, NULL, amount
    FROM costs
    WHERE category LIKE 'support.%' OR category LIKE 'success.%'
)
SELECT
    CAST(date_trunc('month', e.posted_on) AS DATE)         AS month,
    c.segment,
    customer_success_margin(e.revenue, e.service_cost)     AS margin,
    customer_success_margin_pct(e.revenue, e.service_cost) AS margin_pct
FROM entries e
JOIN customers c ON c.customer_id = e.customer_id
GROUP BY 1, 2
ORDER BY 1, 2;
