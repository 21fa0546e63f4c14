-- The hundred largest customers, with their names.
SELECT c.customer_id, c.name, sum(r.amount) AS revenue
FROM revenue r
JOIN customers c ON c.customer_id = r.customer_id
GROUP BY c.customer_id, c.name
ORDER BY revenue DESC, c.customer_id
LIMIT 100;
