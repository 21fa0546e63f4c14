/*---
description = "Answers to NPS, CSAT and CES surveys. A CSAT scale whose satisfied answers are not its two best ones is told on five points: satisfied 5, the worst 1, the rest 3. Answers off their scale are left out and counted in `quality`."
---*/
SELECT
    accounts.customer_key,
    coalesce(
        lower(regexp_match(answers.email, '[^\s()<>;,]+@[^\s()<>;,]+')[1]),
        trim(split_part(answers.contact_ids, ';', 1))
    ) AS respondent,
    answers.answered_at,
    answers.kind,
    CASE
        WHEN NOT answers.is_translated THEN answers.score
        WHEN answers.score >= answers.positive_from THEN 5
        WHEN answers.score = answers.scale_min THEN 1
        ELSE 3
    END AS score,
    CASE WHEN answers.is_translated THEN 5 ELSE answers.scale_max END AS scale_max
FROM (
    SELECT *, kind = 'csat' AND positive_from IS NOT NULL AND positive_from <> scale_max - 1 AS is_translated
    FROM survey_answers
) AS answers
-- An answer is one person's; of several companies the one with the lowest id has it.
LEFT JOIN (
    SELECT activity_id, min(customer_key) AS customer_key FROM activity_accounts GROUP BY activity_id
) AS accounts ON accounts.activity_id = 'survey-' || answers.submission_id
WHERE answers.kind IS NOT NULL AND answers.score BETWEEN answers.scale_min AND answers.scale_max
