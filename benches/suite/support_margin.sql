-- Does support pay for itself, by month.
WITH entries AS (
    SELECT posted_on, amount AS support_revenue, NULL AS support_cost
    FROM revenue
    WHERE category LIKE 'support.%'
    UNION ALL
    SELECT posted_on, NULL, amount
    FROM costs
    WHERE category LIKE 'support.%'
)
SELECT
    CAST(date_trunc('month', posted_on) AS DATE)      AS month,
    support_margin(support_revenue, support_cost)     AS margin,
    support_margin_pct(support_revenue, support_cost) AS margin_pct
FROM entries
GROUP BY 1
ORDER BY 1;
