/*---
title = "Recurring revenue: what moved, and what stayed"
description = "Month by month: new, more, less and lost recurring revenue, and how much of it was retained, against the month and the year before."

[params.from]
type = "date"
default = "2025-01-01"
description = "The first month"

[[expect]]
that = "every month begins where the one before ended"
sql = """
SELECT coalesce(bool_and(closing_mrr = opening_mrr + new + expansion + reactivation - contraction - churn), true) FROM result
"""
---*/
SELECT
    month, opening_mrr, new, expansion, reactivation, contraction, churn, closing_mrr, closing_customers, arpa, quick_ratio,
    monthly_gross_retention, monthly_net_retention, yearly_gross_retention, yearly_net_retention, yearly_logo_churn
FROM retention
WHERE month >= $from
ORDER BY month;
