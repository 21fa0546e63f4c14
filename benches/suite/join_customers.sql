-- Revenue by attributes of the customer.
SELECT c.region, c.industry, c.plan, count(*) AS lines, sum(r.amount) AS revenue
FROM revenue r
JOIN customers c ON c.customer_id = r.customer_id
GROUP BY c.region, c.industry, c.plan
ORDER BY c.region, c.industry, c.plan;
