-- A running sum per customer over its months; what stands at the end of each year.
WITH months AS (
    SELECT customer_id, CAST(date_trunc('month', posted_on) AS DATE) AS month, sum(amount) AS revenue
    FROM revenue
    WHERE customer_id IS NOT NULL
    GROUP BY 1, 2
),
running AS (
    SELECT customer_id, month,
        sum(revenue) OVER (PARTITION BY customer_id ORDER BY month ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS so_far
    FROM months
)
SELECT month, count(*) AS customers, sum(so_far) AS so_far, max(so_far) AS largest
FROM running
GROUP BY month
ORDER BY month;
