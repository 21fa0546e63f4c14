/*---
title = "Segments by quarter"
description = "Revenue, cost of service and customer success margin of each segment in each quarter."
---*/
SELECT
    CAST(date_trunc('quarter', month) AS DATE) AS quarter, segment,
    sum(revenue) AS revenue,
    sum(service_cost) AS service_cost,
    sum(revenue) - sum(service_cost) AS margin,
    margin_pct(sum(revenue), sum(service_cost)) AS margin_pct
FROM segment_pnl
GROUP BY date_trunc('quarter', month), segment
ORDER BY quarter, margin DESC, segment;
