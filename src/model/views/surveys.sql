/*---
group = "canonical"
description = "One row per answer to a survey"
[columns]
customer_id = "The customer, or (unattributed)"
respondent = "Who answered"
answered_at = "When, in UTC"
kind = "nps, csat or ces"
score = "The score given"
scale_max = "The best score that the scale allows"
source = "The source of the project file"
---*/
SELECT
  coalesce(keys.customer_id, '(unattributed)') AS customer_id, answers.respondent, answers.answered_at, answers.kind, answers.score,
  answers.scale_max, answers.source
FROM customer_keys AS keys
RIGHT JOIN all_surveys AS answers ON keys.source = answers.source AND keys.source_key = answers.customer_key
