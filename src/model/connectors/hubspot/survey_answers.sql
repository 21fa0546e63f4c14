/*---
description = "Survey answers with the scale of their survey: `survey_scales`, else 0 to 10 for NPS, 1 to 7 for CES, and 1 to `csat_scale_max` for CSAT."
---*/
SELECT
    answers.submission_id,
    answers.survey,
    answers.kind,
    answers.email,
    answers.contact_ids,
    answers.answered_at,
    answers.score,
    coalesce(scale.scale_min, CASE answers.kind WHEN 'nps' THEN 0 ELSE 1 END) AS scale_min,
    coalesce(scale.scale_max, CASE answers.kind WHEN 'nps' THEN 10 WHEN 'ces' THEN 7 ELSE $csat_scale_max END) AS scale_max,
    scale.positive_from,
    scale.survey IS NOT NULL AS is_described
FROM (
    SELECT
        submission_id,
        coalesce(survey_id, survey_name, lower(survey_type)) AS survey,
        survey_name,
        CASE
            WHEN lower(survey_type) LIKE '%nps%' OR lower(survey_type) LIKE '%promoter%' THEN 'nps'
            WHEN lower(survey_type) LIKE '%ces%' OR lower(survey_type) LIKE '%effort%' THEN 'ces'
            WHEN lower(survey_type) LIKE '%csat%' OR lower(survey_type) LIKE '%satisfaction%' THEN 'csat'
        END AS kind,
        email,
        contact_ids,
        answered_at,
        score
    FROM feedback_submissions
    WHERE NOT coalesce(is_deleted, false) AND NOT coalesce(is_removed, false) AND score IS NOT NULL
) AS answers
LEFT JOIN survey_scales AS scale ON scale.survey = answers.survey OR scale.survey = answers.survey_name
