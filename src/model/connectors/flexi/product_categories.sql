/*---
kept = true
description = "The category of each product after the table `products`; the longest pattern wins."
---*/
SELECT product, category
FROM (
  SELECT
    sold.product,
    products.category,
    row_number() OVER (PARTITION BY sold.product ORDER BY character_length(products.product) DESC, products.product, products.category) AS place
  FROM (
    SELECT DISTINCT coalesce(nullif(regexp_replace(cenik, '^(code|ext|key):', ''), ''), kod) AS product FROM faktura_vydana_polozka
  ) AS sold
  JOIN products ON sold.product LIKE replace(replace(products.product, '_', '\_'), '*', '%') || '%'
) AS ranked
WHERE place = 1
