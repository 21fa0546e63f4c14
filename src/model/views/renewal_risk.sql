/*---
group = "report"
description = "One row per customer, kind and day on which contract items that run on the project's date end or come to their anniversary: what is at stake, and what speaks for and against renewal. What is renewed already is not at stake. All future days are there: `WHERE days_left <= 90` for the next 90"
[columns]
customer_id = "The customer"
name = "The customer's name"
segment = "The customer's segment"
owner = "Who looks after the customer"
ends_on = "The last day of these items"
kind = "end: the contract says so; anniversary: it has no end, and this is the last day of the running year since it began"
days_left = "Days from the project's date to that day"
ending_mrr = "The MRR of these items"
renewed_mrr = "The MRR of items that begin after the project's date, at most a month before that day and not later than the day after, and run for a month longer: renewals that are signed"
mrr_at_stake = "ending_mrr less renewed_mrr, not below zero. What is left of a renewal counts for the customer's next items that end within a month"
health_score = "The customer's health, of `customer_health`; NULL if nothing is known"
band = "Its band"
completeness = "How much of it is known, as a fraction"
tickets = "Interactions that began in the last 90 days, shared ones in part; NULL in a project without any"
tickets_before = "Interactions that began in the 90 days before these"
revenue = "Revenue of the last 12 calendar months that are over on the project's date; NULL in a project without entries in the ledger"
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
      coalesce(ended_on, CASE WHEN this_year > $as_of THEN this_year ELSE next_year END - 1) AS ends_on
    FROM (
      -- Both counted from the first day: a contract of 29 February keeps its day in leap years.
      SELECT
        *, CAST(started_on + CAST(concat(date_part('year', $as_of) - date_part('year', started_on), ' years') AS INTERVAL) AS DATE) AS this_year,
        CAST(started_on + CAST(concat(date_part('year', $as_of) - date_part('year', started_on) + 1, ' years') AS INTERVAL) AS DATE) AS next_year
      FROM contract_items
      WHERE started_on <= $as_of AND (ended_on IS NULL OR ended_on >= $as_of) AND customer_id <> '(unattributed)'
    ) AS running
  ) AS items
  GROUP BY customer_id, ends_on, kind
),
-- What begins counts once, for the first items that it can follow, and only if it goes on for longer than they do.
following AS (
  SELECT items.customer_id, min(ending.ends_on) AS ends_on, items.started_on, items.ended_on, items.mrr
  FROM (
    SELECT customer_id, started_on, ended_on, sum(mrr) AS mrr
    FROM contract_items
    WHERE started_on > $as_of
    GROUP BY customer_id, started_on, ended_on
  ) AS items
  JOIN ending
    ON ending.customer_id = items.customer_id AND items.started_on <= ending.ends_on + 1 AND items.started_on > ending.ends_on - 31
    AND (items.ended_on IS NULL OR items.ended_on >= ending.ends_on + 28)
  WHERE ending.kind = 'end'
  GROUP BY items.customer_id, items.started_on, items.ended_on, items.mrr
),
renewals AS (
  SELECT customer_id, ends_on, sum(mrr) AS renewed_mrr FROM following GROUP BY customer_id, ends_on
),
-- One renewal may take the place of items that end within a month of each other: what is left of it goes to the next of them.
ends AS (
  SELECT
    ending.customer_id, ending.ends_on, ending.kind, ending.ending_mrr, coalesce(renewals.renewed_mrr, 0) AS renewed_mrr,
    coalesce(ending.ends_on - lag(ending.ends_on) OVER (PARTITION BY ending.customer_id, ending.kind ORDER BY ending.ends_on) > 31, true) AS is_first
  FROM ending
  LEFT JOIN renewals ON renewals.customer_id = ending.customer_id AND renewals.ends_on = ending.ends_on AND ending.kind = 'end'
),
groups AS (
  SELECT *, sum(CASE WHEN is_first THEN 1 ELSE 0 END) OVER (PARTITION BY customer_id, kind ORDER BY ends_on ROWS UNBOUNDED PRECEDING) AS place
  FROM ends
),
balances AS (
  SELECT
    *, sum(renewed_mrr - ending_mrr) OVER (PARTITION BY customer_id, kind, place ORDER BY ends_on ROWS UNBOUNDED PRECEDING) AS balance
  FROM groups
),
-- What is not covered so far is the lowest balance so far; each day's part of it is at stake on that day.
stakes AS (
  SELECT
    *, least(min(balance) OVER (PARTITION BY customer_id, kind, place ORDER BY ends_on ROWS UNBOUNDED PRECEDING), 0) AS uncovered
  FROM balances
),
staked AS (
  SELECT *, lag(uncovered, 1, 0) OVER (PARTITION BY customer_id, kind, place ORDER BY ends_on) - uncovered AS mrr_at_stake
  FROM stakes
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
-- Nothing is zero only where something is known.
known AS (
  SELECT (SELECT count(*) FROM interactions) > 0 AS has_tickets, (SELECT count(*) FROM customer_months) > 0 AS has_entries
),
margins AS (
  SELECT
    customer_id, sum(revenue) AS revenue, customer_success_margin(revenue, service_cost) AS customer_success_margin,
    customer_success_margin_pct(revenue, service_cost) AS customer_success_margin_pct,
    sum(revenue) - sum(cogs) - sum(service_cost) - sum(acquisition_cost) - sum(overhead) AS net_margin
  FROM ledger_months
  -- Months that are over: what pools distribute is posted for a whole month, revenue is not.
  WHERE month < date_trunc('month', $as_of + 1) AND month >= date_trunc('month', $as_of + 1) - INTERVAL '12 months'
  GROUP BY customer_id
)
SELECT
  staked.customer_id, customers.name, customers.segment, customers.owner, staked.ends_on, staked.kind, staked.ends_on - $as_of AS days_left,
  staked.ending_mrr, staked.renewed_mrr, staked.mrr_at_stake,
  health.health_score, health.band, health.completeness,
  coalesce(tickets.tickets, CASE WHEN known.has_tickets THEN 0 END) AS tickets,
  coalesce(tickets.tickets_before, CASE WHEN known.has_tickets THEN 0 END) AS tickets_before,
  coalesce(margins.revenue, CASE WHEN known.has_entries THEN 0 END) AS revenue, margins.customer_success_margin, margins.customer_success_margin_pct, margins.net_margin
FROM staked
CROSS JOIN known
LEFT JOIN customers ON customers.customer_id = staked.customer_id
LEFT JOIN customer_health AS health ON health.customer_id = staked.customer_id
LEFT JOIN tickets ON tickets.customer_id = staked.customer_id
LEFT JOIN margins ON margins.customer_id = staked.customer_id
