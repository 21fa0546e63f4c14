-- High-cardinality sum of money: one group per customer.
SELECT coalesce(customer_id, '') AS customer_id, count(*) AS lines, sum(amount) AS revenue
FROM revenue
GROUP BY 1
ORDER BY 1;
