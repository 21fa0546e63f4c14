/*---
title = "Up for renewal: who is worth saving"
description = """
Contracts that end or come to their anniversary soon, the largest stake first, with the customer's health and what is left of its
revenue. An unhealthy customer that earns money is worth saving; one that costs more than it brings is worth another price.
"""

[params.days]
type = "int"
default = 180
description = "How many days to look ahead"

[params.healthy]
type = "decimal"
default = 60
description = "From which health score on a customer needs no saving"

[[expect]]
that = "what is not healthy and earns money is to be saved"
sql = "SELECT coalesce(bool_and(advice = 'save'), true) FROM result WHERE health_score < $healthy AND net_margin > 0"

[[expect]]
that = "every contract item that runs today ends on one day or has one anniversary"
sql = """
SELECT (SELECT coalesce(sum(ending_mrr), 0) FROM renewal_risk)
    = (SELECT coalesce(sum(after), 0) FROM mrr_movements WHERE month = (SELECT max(month) FROM mrr_movements) AND customer_id <> '(unattributed)')
"""
---*/
SELECT
    customer_id, name, segment, ends_on, days_left, mrr_at_stake, health_score, band, completeness,
    tickets, tickets_before, customer_success_margin_pct, net_margin,
    CASE
        WHEN health_score IS NULL THEN 'find out'
        WHEN health_score < $healthy AND net_margin > 0 THEN 'save'
        WHEN health_score < $healthy THEN 'reprice or let go'
        WHEN net_margin > 0 THEN 'renew'
        ELSE 'reprice'
    END AS advice
FROM renewal_risk
WHERE days_left <= $days AND mrr_at_stake > 0
ORDER BY mrr_at_stake DESC, customer_id, ends_on;
