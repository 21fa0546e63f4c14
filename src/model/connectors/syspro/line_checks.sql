/*---
description = "Counts and examples of what is odd about invoice lines, in one pass over them."
---*/
-- CASE, not FILTER, around examples: their texts are made for few rows, not for all.
SELECT
  count(*) FILTER (WHERE unknown_type) AS unknown_types,
  min(CASE WHEN unknown_type THEN coalesce(document_type, 'none') || ' (invoice ' || invoice || ')' END) AS unknown_type_example,
  count(*) FILTER (WHERE document_type IN ('i', 'c', 'd')) AS lower_types,
  min(CASE WHEN document_type IN ('i', 'c', 'd') THEN document_type || ' (invoice ' || invoice || ')' END) AS lower_type_example,
  count(*) FILTER (WHERE odd_credit) AS odd_credits,
  min(CASE WHEN odd_credit THEN invoice END) AS odd_credit_example,
  count(*) FILTER (WHERE no_rate) AS missing_rates,
  min(CASE WHEN no_rate THEN post_currency || ' (invoice ' || invoice || ')' END) AS missing_rate_example,
  count(*) FILTER (WHERE unknown_mul_div) AS unknown_mul_divs,
  min(CASE WHEN unknown_mul_div THEN coalesce(post_mul_div, 'none') || ' (invoice ' || invoice || ')' END) AS unknown_mul_div_example,
  count(*) FILTER (WHERE converts_differently) AS other_conversions,
  min(CASE WHEN converts_differently THEN invoice END) AS other_conversion_example,
  count(*) FILTER (WHERE unknown_line_type) AS unknown_line_types,
  min(CASE WHEN unknown_line_type THEN line_type || ' (invoice ' || invoice || ')' END) AS unknown_line_type_example,
  count(*) FILTER (WHERE inter_branch_trf) AS transfers,
  min(CASE WHEN inter_branch_trf THEN invoice END) AS transfer_example,
  count(*) FILTER (WHERE customer IS NULL) AS nobody,
  min(CASE WHEN customer IS NULL THEN invoice END) AS nobody_example
FROM (
  SELECT
    invoice,
    customer,
    document_type,
    line_type,
    inter_branch_trf,
    post_currency,
    post_mul_div,
    document_type IS NULL OR document_type NOT IN ('I', 'i', 'C', 'c', 'D', 'd') AS unknown_type,
    document_type IN ('C', 'c') AND (CASE WHEN $credit_sign = 'negate' THEN -net_sales_value ELSE net_sales_value END) > 0 AS odd_credit,
    post_currency <> $currency AND coalesce(post_conv_rate, 0) = 0 AS no_rate,
    post_currency <> $currency AND coalesce(post_mul_div, '') NOT IN ('M', 'D') AS unknown_mul_div,
    post_currency <> $currency
      AND abs(net_sales_value - CASE WHEN post_mul_div = 'D' THEN post_value / nullif(post_conv_rate, 0) ELSE post_value * post_conv_rate END) > 0.02 AS converts_differently,
    line_type NOT IN ('1', '4', '5', '6', '7') AS unknown_line_type
  FROM ar_trn_detail
) AS looked_at
