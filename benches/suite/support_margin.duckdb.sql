-- What `support_margin` means, by hand.
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
    CAST(date_trunc('month', posted_on) AS DATE)                     AS month,
    coalesce(sum(support_revenue), 0) - coalesce(sum(support_cost), 0) AS margin,
    CASE WHEN sum(support_revenue) > 0
        THEN round(100 * (sum(support_revenue) - coalesce(sum(support_cost), 0)) / sum(support_revenue), 4) END AS margin_pct
FROM entries
GROUP BY 1
ORDER BY 1;
