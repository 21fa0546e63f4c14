/*---
description = "Counts and examples of what is odd about invoice lines, in one pass over them."
---*/
SELECT
  count(*) FILTER (WHERE unknown_type) AS unknown_types,
  min(coalesce(document_type, 'none') || ' (invoice ' || invoice || ')') FILTER (WHERE unknown_type) AS unknown_type_example,
  count(*) FILTER (WHERE document_type IN ('i', 'c', 'd')) AS lower_types,
  min(document_type || ' (invoice ' || invoice || ')') FILTER (WHERE document_type IN ('i', 'c', 'd')) AS lower_type_example,
  count(*) FILTER (WHERE odd_credit) AS odd_credits,
  min(invoice) FILTER (WHERE odd_credit) AS odd_credit_example,
  count(*) FILTER (WHERE no_rate) AS missing_rates,
  min(post_currency || ' (invoice ' || invoice || ')') FILTER (WHERE no_rate) AS missing_rate_example,
  count(*) FILTER (WHERE unknown_mul_div) AS unknown_mul_divs,
  min(coalesce(post_mul_div, 'none') || ' (invoice ' || invoice || ')') FILTER (WHERE unknown_mul_div) AS unknown_mul_div_example,
  count(*) FILTER (WHERE converts_differently) AS other_conversions,
  min(invoice) FILTER (WHERE converts_differently) AS other_conversion_example,
  count(*) FILTER (WHERE unknown_line_type) AS unknown_line_types,
  min(line_type || ' (invoice ' || invoice || ')') FILTER (WHERE unknown_line_type) AS unknown_line_type_example,
  count(*) FILTER (WHERE inter_branch_trf) AS transfers,
  min(invoice) FILTER (WHERE inter_branch_trf) AS transfer_example,
  count(*) FILTER (WHERE customer IS NULL) AS nobody,
  min(invoice) FILTER (WHERE customer IS NULL) AS nobody_example
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
