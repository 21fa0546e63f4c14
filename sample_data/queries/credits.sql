/*---
title = "Credit notes by category"
description = """
What was invoiced, what was credited back, and what is left, by category of revenue.
"""

[params.from]
type = "date"
default = "2025-01-01"
description = "First day of the period"

[params.to]
type = "date"
default = "2025-12-31"
description = "Last day of the period"

[tables]
revenue = "../parquet/revenue.parquet"

[[expect]]
that = "invoiced and credited add to the revenue"
sql = """
SELECT sum(net) = (SELECT sum(amount) FROM revenue WHERE posted_on BETWEEN $from AND $to)
FROM result
"""

[[expect]]
that = "credits are negative"
sql = """
SELECT bool_and(credited <= 0) FROM result
"""
---*/
SELECT
    category,
    count(*) FILTER (WHERE document_type = 'credit_note')                          AS credit_notes,
    coalesce(sum(amount) FILTER (WHERE document_type = 'invoice'), 0)              AS invoiced,
    coalesce(sum(amount) FILTER (WHERE document_type = 'credit_note'), 0)          AS credited,
    sum(amount)                                                                    AS net,
    round(-100 * coalesce(sum(amount) FILTER (WHERE document_type = 'credit_note'), 0)
        / nullif(sum(amount) FILTER (WHERE document_type = 'invoice'), 0), 4)      AS credited_pct
FROM revenue
WHERE posted_on BETWEEN $from AND $to
GROUP BY category
ORDER BY credited, category;
