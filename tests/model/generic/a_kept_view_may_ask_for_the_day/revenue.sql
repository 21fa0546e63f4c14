/*---
kept = true
description = "Revenue, but for what is posted in advance"
---*/
SELECT * FROM standard.revenue WHERE posted_on <= greatest(current_date, DATE '2026-06-30') AND now() > TIMESTAMP '2020-01-01 00:00:00'
