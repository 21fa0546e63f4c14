-- Largest remainder by hand, in whole numbers: cents are floored, those left over go to the largest remainders.
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
scaled AS (
    SELECT m.month, m.customer_id,
        CAST(p.pool * 100 AS HUGEINT)                                                    AS cents,
        CAST(m.handle_minutes * 10000 AS HUGEINT)                                        AS driver,
        CAST(sum(m.handle_minutes) OVER (PARTITION BY m.month) * 10000 AS HUGEINT)       AS drivers
    FROM minutes m
    JOIN pools p ON p.month = m.month
),
floored AS (
    SELECT *, cents * driver // drivers AS floor_cents, cents * driver % drivers AS remainder
    FROM scaled
),
ranked AS (
    SELECT *,
        cents - sum(floor_cents) OVER (PARTITION BY month)                               AS left_over,
        row_number() OVER (PARTITION BY month ORDER BY remainder DESC, customer_id)      AS position
    FROM floored
)
SELECT customer_id,
    CAST(sum(floor_cents + CASE WHEN position <= left_over THEN 1 ELSE 0 END) AS DECIMAL(38, 2)) / 100 AS support_cost
FROM ranked
GROUP BY customer_id
ORDER BY customer_id;
