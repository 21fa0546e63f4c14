-- Distinct users and customers by month and feature.
SELECT
    CAST(date_trunc('month', used_on) AS DATE) AS month,
    feature,
    count(DISTINCT user_id)                    AS users,
    count(DISTINCT customer_id)                AS customers,
    sum(events)                                AS events
FROM usage
GROUP BY 1, 2
ORDER BY 1, 2;
