/*---
group = "report"
description = "One row per customer and day on which contract items that run on the project's date end or come to their anniversary: what is at stake, and what speaks for and against renewal. What is renewed already is not at stake. All future days are there: `WHERE days_left <= 90` for the next 90"
[columns]
customer_id = "The customer"
name = "The customer's name"
segment = "The customer's segment"
owner = "Who looks after the customer"
ends_on = "The last day of these items"
kind = "end: the contract says so; anniversary: it has no end, and this is the last day of the running year since it began"
days_left = "Days from the project's date to that day"
ending_mrr = "The MRR of these items"
renewed_mrr = "The MRR of items that begin after the project's date, at most a month before that day and not later than the day after: renewals that are signed"
mrr_at_stake = "ending_mrr less renewed_mrr, not below zero"
health_score = "The customer's health, of `customer_health`; NULL if nothing is known"
band = "Its band"
completeness = "How much of it is known, as a fraction"
tickets = "Interactions that began in the last 90 days, shared ones in part"
tickets_before = "Interactions that began in the 90 days before these"
revenue = "Revenue of the last 12 calendar months, that of the project's date included"
customer_success_margin = "Revenue less service cost of these months"
customer_success_margin_pct = "The same in percent of the revenue; NULL if that is zero or negative"
net_margin = "Revenue less all cost of these months"
---*/
WITH
ending AS (
  SELECT customer_id, ends_on, kind, sum(mrr) AS ending_mrr
  FROM (
    SELECT
      customer_id, mrr, CASE WHEN ended_on IS NULL THEN 'anniversary' ELSE 'end' END AS kind,
      CASE
        WHEN ended_on IS NOT NULL THEN ended_on
        WHEN this_year > $as_of THEN this_year - 1
        ELSE CAST(this_year + INTERVAL '1 year' AS DATE) - 1
      END AS ends_on
    FROM (
      SELECT
        *, CAST(started_on + CAST(concat(date_part('year', $as_of) - date_part('year', started_on), ' years') AS INTERVAL) AS DATE) AS this_year
      FROM subscriptions
      WHERE started_on <= $as_of AND (ended_on IS NULL OR ended_on >= $as_of) AND customer_id <> '(unattributed)'
    ) AS running
  ) AS items
  GROUP BY customer_id, ends_on, kind
),
-- What begins counts once, for the first items that it can follow.
following AS (
  SELECT items.customer_id, min(ending.ends_on) AS ends_on, items.started_on, items.mrr
  FROM (
    SELECT customer_id, started_on, sum(mrr) AS mrr
    FROM subscriptions
    WHERE started_on > $as_of
    GROUP BY customer_id, started_on
  ) AS items
  JOIN ending ON ending.customer_id = items.customer_id AND items.started_on <= ending.ends_on + 1 AND items.started_on > ending.ends_on - 31
  WHERE ending.kind = 'end'
  GROUP BY items.customer_id, items.started_on, items.mrr
),
renewals AS (
  SELECT customer_id, ends_on, sum(mrr) AS renewed_mrr FROM following GROUP BY customer_id, ends_on
),
tickets AS (
  SELECT
    customer_id,
    coalesce(sum(share) FILTER (WHERE local_date(opened_at, $time_zone) > $as_of - 90), 0) AS tickets,
    coalesce(sum(share) FILTER (WHERE local_date(opened_at, $time_zone) <= $as_of - 90), 0) AS tickets_before
  FROM interactions
  WHERE local_date(opened_at, $time_zone) <= $as_of AND local_date(opened_at, $time_zone) > $as_of - 180
  GROUP BY customer_id
),
margins AS (
  SELECT
    customer_id, sum(revenue) AS revenue, customer_success_margin(revenue, service_cost) AS customer_success_margin,
    customer_success_margin_pct(revenue, service_cost) AS customer_success_margin_pct,
    sum(revenue) - sum(cogs) - sum(service_cost) - sum(acquisition_cost) - sum(overhead) AS net_margin
  FROM ledger
  WHERE posted_on <= $as_of AND posted_on >= CAST(date_trunc('month', $as_of) - INTERVAL '11 months' AS DATE)
  GROUP BY customer_id
)
SELECT
  ending.customer_id, customers.name, customers.segment, customers.owner, ending.ends_on, ending.kind, ending.ends_on - $as_of AS days_left,
  ending.ending_mrr, coalesce(renewals.renewed_mrr, 0) AS renewed_mrr,
  greatest(ending.ending_mrr - coalesce(renewals.renewed_mrr, 0), 0) AS mrr_at_stake,
  health.health_score, health.band, health.completeness,
  coalesce(tickets.tickets, 0) AS tickets, coalesce(tickets.tickets_before, 0) AS tickets_before,
  coalesce(margins.revenue, 0) AS revenue, margins.customer_success_margin, margins.customer_success_margin_pct, margins.net_margin
FROM ending
LEFT JOIN customers ON customers.customer_id = ending.customer_id
LEFT JOIN customer_health AS health ON health.customer_id = ending.customer_id
LEFT JOIN renewals ON renewals.customer_id = ending.customer_id AND renewals.ends_on = ending.ends_on AND ending.kind = 'end'
LEFT JOIN tickets ON tickets.customer_id = ending.customer_id
LEFT JOIN margins ON margins.customer_id = ending.customer_id
