-- Shared support cost to the customers by handle minutes, exact to the cent.
WITH minutes AS (
    SELECT CAST(date_trunc('month', opened_at) AS DATE) AS month, customer_id, sum(handle_minutes) AS handle_minutes
    FROM interactions
    WHERE customer_id IS NOT NULL
    GROUP BY 1, 2
),
pools AS (
    SELECT CAST(date_trunc('month', posted_on) AS DATE) AS month, sum(amount) AS pool
    FROM costs
    WHERE customer_id IS NULL AND category LIKE 'support.%'
    GROUP BY 1
),
shares AS (
    SELECT m.month, m.customer_id,
        allocate(p.pool, m.handle_minutes) OVER (PARTITION BY m.month ORDER BY m.customer_id) AS share
    FROM minutes m
    JOIN pools p ON p.month = m.month
)
SELECT customer_id, sum(share) AS support_cost
FROM shares
GROUP BY customer_id
ORDER BY customer_id;
