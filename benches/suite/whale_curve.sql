-- All customers by profit, with the profit of all so far.
WITH entries AS (
    SELECT coalesce(customer_id, '') AS customer_id, amount AS profit FROM revenue
    UNION ALL
    SELECT coalesce(customer_id, ''), -amount FROM costs
),
profits AS (
    SELECT customer_id, sum(profit) AS profit FROM entries GROUP BY customer_id
)
SELECT
    customer_id,
    profit,
    sum(profit) OVER (ORDER BY profit DESC, customer_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS cumulative_profit
FROM profits
ORDER BY profit DESC, customer_id;
