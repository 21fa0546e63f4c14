/*---
description = "Decides the sign of credit notes: no export says it, so the sum of their lines does."
---*/
SELECT
  CASE WHEN coalesce(sum(net_sales_value), 0) > 0 THEN 'negate' ELSE 'as_is' END AS value,
  CASE
    WHEN count(*) = 0 THEN 'there are no lines of credit notes'
    WHEN sum(net_sales_value) > 0 THEN 'the ' || CAST(count(*) AS TEXT) || ' lines of credit notes add to ' || CAST(sum(net_sales_value) AS TEXT) || ', which would raise revenue'
    ELSE 'the ' || CAST(count(*) AS TEXT) || ' lines of credit notes add to ' || CAST(sum(net_sales_value) AS TEXT) || ', so they are stored negative'
  END AS reason
FROM ar_trn_detail
WHERE document_type IN ('C', 'c')
