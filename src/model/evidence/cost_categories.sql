-- The categories of the costs.
SELECT DISTINCT category FROM all_costs WHERE category IS NOT NULL ORDER BY category
