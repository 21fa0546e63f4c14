/*---
title = "Tickets before a customer leaves"
description = """
Every customer that stopped paying, with its tickets in each of the three months before, beside what a paying customer that stayed took
on average in the same three months. A spike is a warning; a customer that falls silent may be on its way out too.
"""

[params.from]
type = "date"
default = "2025-04-01"
description = "The first month in which customers may have left: three months of tickets must be known before it"

[[expect]]
that = "every recurring revenue that was lost is there"
sql = "SELECT coalesce(sum(lost_mrr), 0) = (SELECT coalesce(sum(churn), 0) FROM mrr_movements WHERE month >= $from AND customer_id <> '(unattributed)') FROM result"
---*/
WITH lost AS (
    SELECT customer_id, month, churn AS lost_mrr
    FROM mrr_movements
    WHERE churn > 0 AND month >= $from AND customer_id <> '(unattributed)'
),
tickets AS (
    SELECT customer_id, month, interactions AS tickets FROM interaction_months
),
before AS (
    SELECT
        lost.customer_id, lost.month, lost.lost_mrr,
        coalesce(sum(tickets.tickets) FILTER (WHERE tickets.month = lost.month - INTERVAL '3 months'), 0) AS three_months_before,
        coalesce(sum(tickets.tickets) FILTER (WHERE tickets.month = lost.month - INTERVAL '2 months'), 0) AS two_months_before,
        coalesce(sum(tickets.tickets) FILTER (WHERE tickets.month = lost.month - INTERVAL '1 month'), 0) AS month_before
    FROM lost
    LEFT JOIN tickets ON tickets.customer_id = lost.customer_id
    GROUP BY 1, 2, 3
),
-- Whoever paid before the month and still does, with tickets or without.
stayed AS (
    SELECT
        months.month,
        coalesce(sum(tickets.tickets), 0) / 3 / count(DISTINCT stayed.customer_id) AS tickets_a_month
    FROM (SELECT DISTINCT month FROM lost) AS months
    JOIN mrr_movements AS stayed ON stayed.month = months.month AND stayed.before > 0 AND stayed.after > 0 AND stayed.customer_id <> '(unattributed)'
    LEFT JOIN tickets
        ON tickets.customer_id = stayed.customer_id
        AND tickets.month >= months.month - INTERVAL '3 months' AND tickets.month < months.month
    GROUP BY 1
)
SELECT
    before.month, before.customer_id, customers.name, before.lost_mrr,
    before.three_months_before, before.two_months_before, before.month_before,
    round(stayed.tickets_a_month, 2) AS month_of_others
FROM before
LEFT JOIN stayed ON stayed.month = before.month
LEFT JOIN customers ON customers.customer_id = before.customer_id
ORDER BY before.month, before.customer_id;
