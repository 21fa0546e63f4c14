-- The same sums from a CSV export, where reading and typing text is the work.
SELECT category, document_type, count(*) AS lines, sum(amount) AS revenue
FROM revenue_csv
GROUP BY category, document_type
ORDER BY category, document_type;
