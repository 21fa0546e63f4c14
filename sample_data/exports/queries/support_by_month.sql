/*---
title = "Support by month"
description = "What support brings in and what it costs, month by month."
---*/
SELECT * FROM support_pnl ORDER BY month;
