/*---
group = "report"
description = "One row per customer that has not left: how healthy it is on the project's date, from 0 to 100, and what that is made of. Weights, bounds and bands are settings, `[health]`; what happened after the date does not count"
[columns]
customer_id = "The customer"
name = "The customer's name"
segment = "The customer's segment"
health_score = "The weighted mean of the scores that are known; NULL if none is"
band = "healthy, fair, at_risk or critical, by the score; NULL if too little is known, `completeness_min` of the settings"
completeness = "The weight of the scores that are known as a fraction of all weights"
usage_days = "On how many days of the period anyone of the customer used the product; NULL if nobody ever did"
usage_score = "The same as a score"
features_used = "How many features were used in the period; NULL if the product never was"
features_available = "How many features any customer used in the period"
adoption_score = "features_used in percent of features_available, as a score"
tickets = "How many interactions with support began in the period, shared ones in part; NULL if the project has none of any customer"
support_score = "The same as a score; few tickets may be content or absence, which `usage_score` tells apart"
nps = "Net promoter score of the answers in the period, -100 to 100"
csat = "Satisfied answers in percent"
ces = "Mean of the answers on effort, 1 to 7"
answers = "How many answers these are"
survey_score = "(nps + 100) / 2, csat, and ces on a scale from 0 to 100, weighted by their answers, as a score; NULL without an answer"
last_used_on = "The last day on which the product was used"
recency_score = "The days since then as a score; NULL if it never was"
---*/
WITH
used AS (
  SELECT
    customer_id,
    count(DISTINCT used_on) FILTER (WHERE used_on > $as_of - $health_usage_days) AS usage_days,
    count(DISTINCT feature) FILTER (WHERE used_on > $as_of - $health_adoption_days) AS features_used,
    max(used_on) AS last_used_on
  FROM usage
  WHERE used_on <= $as_of
  GROUP BY customer_id
),
available AS (
  SELECT count(DISTINCT feature) AS features_available
  FROM usage
  WHERE used_on <= $as_of AND used_on > $as_of - $health_adoption_days
),
tickets AS (
  SELECT customer_id, sum(share) AS tickets
  FROM interactions
  WHERE local_date(opened_at, $time_zone) <= $as_of AND local_date(opened_at, $time_zone) > $as_of - $health_support_days
  GROUP BY customer_id
),
-- A project without any interactions knows nothing of support; in one that has them, a customer without tickets has none.
desks AS (
  SELECT count(*) > 0 AS has_tickets
  FROM interactions
  WHERE local_date(opened_at, $time_zone) <= $as_of AND customer_id <> '(unattributed)'
),
answers AS (
  SELECT
    customer_id, count(*) AS answers,
    nps(score) FILTER (WHERE kind = 'nps') AS nps, count(*) FILTER (WHERE kind = 'nps') AS nps_answers,
    -- The two best answers are so on any scale; here they are two of five.
    csat(CASE WHEN score >= scale_max - 1 THEN 5 ELSE 1 END) FILTER (WHERE kind = 'csat') AS csat, count(*) FILTER (WHERE kind = 'csat') AS csat_answers,
    ces(score) FILTER (WHERE kind = 'ces') AS ces, count(*) FILTER (WHERE kind = 'ces') AS ces_answers
  FROM surveys
  -- What lies off its scale is a finding of `data_quality`, and no answer.
  WHERE score = trunc(score)
    AND CASE kind
      WHEN 'nps' THEN score BETWEEN 0 AND 10 AND coalesce(scale_max, 10) = 10
      WHEN 'csat' THEN score BETWEEN 1 AND scale_max AND scale_max >= 3
      WHEN 'ces' THEN score BETWEEN 1 AND 7 AND coalesce(scale_max, 7) = 7
    END
    AND local_date(answered_at, $time_zone) <= $as_of AND local_date(answered_at, $time_zone) > $as_of - $health_survey_days
  GROUP BY customer_id
),
facts AS (
  SELECT
    customers.customer_id, customers.name, customers.segment, used.usage_days, used.features_used, available.features_available,
    CASE WHEN desks.has_tickets THEN coalesce(tickets.tickets, 0) END AS tickets,
    answers.nps, answers.csat, answers.ces, coalesce(answers.answers, 0) AS answers, used.last_used_on,
    (coalesce((nps + 100) / 2 * nps_answers, 0) + coalesce(csat * csat_answers, 0) + coalesce((ces - 1) / 6 * 100 * ces_answers, 0))
      / nullif(answers.answers, 0) AS contentment
  FROM customers
  CROSS JOIN available
  CROSS JOIN desks
  LEFT JOIN used ON used.customer_id = customers.customer_id
  LEFT JOIN tickets ON tickets.customer_id = customers.customer_id
  LEFT JOIN answers ON answers.customer_id = customers.customer_id
  WHERE (customers.acquired_on IS NULL OR customers.acquired_on <= $as_of) AND (customers.churned_on IS NULL OR customers.churned_on > $as_of)
),
scores AS (
  SELECT
    *,
    scale_score(usage_days, $health_usage_worst, $health_usage_best) AS usage_score,
    scale_score(100 * features_used / nullif(features_available, 0), $health_adoption_worst, $health_adoption_best) AS adoption_score,
    scale_score(tickets, $health_support_worst, $health_support_best) AS support_score,
    scale_score(contentment, $health_survey_worst, $health_survey_best) AS survey_score,
    scale_score($as_of - last_used_on, $health_recency_worst, $health_recency_best) AS recency_score
  FROM facts
),
totals AS (
  SELECT
    *,
    health_score(
      usage_score, $health_usage_weight, adoption_score, $health_adoption_weight, support_score, $health_support_weight,
      survey_score, $health_survey_weight, recency_score, $health_recency_weight) AS health_score,
    CASE WHEN usage_score IS NULL THEN 0 ELSE $health_usage_weight END + CASE WHEN adoption_score IS NULL THEN 0 ELSE $health_adoption_weight END
      + CASE WHEN support_score IS NULL THEN 0 ELSE $health_support_weight END + CASE WHEN survey_score IS NULL THEN 0 ELSE $health_survey_weight END
      + CASE WHEN recency_score IS NULL THEN 0 ELSE $health_recency_weight END AS known_weight,
    $health_usage_weight + $health_adoption_weight + $health_support_weight + $health_survey_weight + $health_recency_weight AS whole_weight
  FROM scores
)
SELECT
  customer_id, name, segment, health_score,
  CASE
    WHEN known_weight < whole_weight * $health_completeness_min THEN NULL
    WHEN health_score >= $health_healthy THEN 'healthy'
    WHEN health_score >= $health_fair THEN 'fair'
    WHEN health_score >= $health_at_risk THEN 'at_risk'
    WHEN health_score IS NOT NULL THEN 'critical'
  END AS band,
  CAST(round(known_weight / whole_weight, 6) AS DECIMAL(38,6)) AS completeness,
  usage_days, usage_score, features_used, features_available, adoption_score, tickets, support_score, nps, csat, ces, answers, survey_score,
  last_used_on, recency_score
FROM totals
