/*---
description = "Survey answers as given; without a scale, 10 for NPS, 7 for CES and 5 for CSAT."
---*/
SELECT
    customer_key,
    respondent,
    answered_at,
    lower(kind) AS kind,
    score,
    coalesce(scale_max, CASE lower(kind) WHEN 'nps' THEN 10 WHEN 'ces' THEN 7 WHEN 'csat' THEN 5 END) AS scale_max
FROM surveys
