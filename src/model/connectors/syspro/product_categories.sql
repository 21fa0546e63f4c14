/*---
kept = true
description = "The category of each kind of line after the table `products`; the longest stock code wins, then the longest class."
---*/
SELECT stock_code, product_class, line_type, category
FROM (
  SELECT
    kinds.stock_code,
    kinds.product_class,
    kinds.line_type,
    products.category,
    row_number() OVER (
      PARTITION BY kinds.stock_code, kinds.product_class, kinds.line_type
      ORDER BY
        coalesce(character_length(products.stock_code), 0) DESC,
        coalesce(character_length(products.product_class), 0) DESC,
        coalesce(character_length(products.line_type), 0) DESC,
        products.category
    ) AS place
  FROM (SELECT DISTINCT stock_code, product_class, line_type FROM ar_trn_detail) AS kinds
  JOIN products
    ON (products.stock_code IS NULL OR kinds.stock_code LIKE replace(replace(products.stock_code, '_', '\_'), '*', '%') || '%')
    AND (products.product_class IS NULL OR kinds.product_class LIKE replace(replace(products.product_class, '_', '\_'), '*', '%') || '%')
    AND (products.line_type IS NULL OR kinds.line_type = products.line_type)
) AS ranked
WHERE place = 1
