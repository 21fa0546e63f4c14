/*---
description = "Events: the effort recorded at them, else the time from begin to end, capped. An event belongs to one company."
---*/
SELECT
  events.id AS interaction_id,
  nullif(regexp_replace(events.firma, '^(code|ext|key):', ''), '') AS customer_key,
  1 AS share,
  'event' AS channel,
  events.zahajeni AS opened_at,
  CAST(NULL AS TIMESTAMP) AS first_response_at,
  events.dokonceni AS closed_at,
  CASE
    WHEN effort.units IS NOT NULL THEN effort.units * $effort_unit_minutes
    WHEN events.celodenni THEN least($all_day_minutes, $event_minutes_max)
    -- An end before the begin is a mistake, not negative work; `event_ends_before_it_begins` counts them.
    WHEN events.dokonceni >= events.zahajeni THEN least(CAST(date_part('epoch', events.dokonceni - events.zahajeni) AS DECIMAL(18, 4)) / 60, $event_minutes_max)
  END AS handle_minutes,
  CASE
    WHEN effort.units IS NOT NULL THEN 'measured'
    WHEN events.celodenni THEN 'standard'
    WHEN events.dokonceni >= events.zahajeni THEN 'elapsed'
  END AS handle_method,
  nullif(regexp_replace(events.typ_akt, '^(code|ext|key):', ''), '') AS category,
  regexp_replace(events.priorita_k, '^[a-zA-Z]+\.', '') AS priority,
  nullif(regexp_replace(events.zodp_prac, '^(code|ext|key):', ''), '') AS agent,
  regexp_replace(events.stav_udal_k, '^[a-zA-Z]+\.', '') AS status
FROM udalost AS events
LEFT JOIN (
  SELECT regexp_replace(adr_udalost, '^(code|ext|key):', '') AS event, sum(real_mnoz) AS units
  FROM naklad
  WHERE real_mnoz IS NOT NULL
  GROUP BY regexp_replace(adr_udalost, '^(code|ext|key):', '')
) AS effort ON effort.event = events.id
WHERE $event_types = '%' OR regexp_replace(events.typ_akt, '^(code|ext|key):', '') LIKE $event_types
