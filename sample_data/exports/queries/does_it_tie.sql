/*---
title = "What was compared, and whether it ties"
description = "How many comparisons of each kind there are, and what their differences add to: zero, if no row was lost or changed."

[[expect]]
that = "everything ties"
sql = "SELECT sum(differences) = 0 FROM result"
---*/
SELECT
    source, what,
    count(*) AS months,
    sum(expected) AS expected,
    sum(found) AS found,
    count(*) FILTER (WHERE status = 'differs') AS differences
FROM reconciliation
WHERE status <> 'excluded'
GROUP BY source, what
ORDER BY source, what;
