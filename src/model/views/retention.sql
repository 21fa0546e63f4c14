/*---
group = "report"
description = "One row per month: recurring revenue and customers at its beginning and end, what moved, and what was retained, against the month before and against the same month a year before. What belongs to no customer is left out"
[columns]
month = "The first day of the month"
opening_mrr = "The MRR at the end of the month before"
new = "MRR of customers that pay for the first time"
expansion = "What customers pay more than the month before"
contraction = "What customers pay less than the month before"
churn = "What customers paid that pay no more"
reactivation = "MRR of customers that came back"
closing_mrr = "The MRR at the end of the month; in the month of the project's date, on that day"
opening_customers = "The customers that paid at the end of the month before"
lost_customers = "How many of these pay no more"
won_customers = "Customers that pay and did not the month before: new ones and those that came back"
closing_customers = "The customers that pay at the end of the month"
monthly_gross_retention = "Of the MRR of the month before, what the same customers still pay, each counted up to what it paid: a fraction, NULL without opening MRR"
monthly_net_retention = "Of the MRR of the month before, what the same customers pay now, expansion included"
monthly_net_retention_with_reactivation = "The same, with customers that came back"
monthly_logo_churn = "Of the customers of the month before, those that pay no more"
quick_ratio = "(new + expansion + reactivation) / (contraction + churn); NULL if nothing was lost"
arpa = "Average revenue per account: closing MRR / closing customers; NULL without any"
year_ago_mrr = "The MRR at the end of the same month of the year before"
year_ago_customers = "The customers that paid then"
yearly_gross_retention = "Of the MRR of a year before, what the same customers still pay, each counted up to what it paid. Point to point: what happened between does not count"
yearly_net_retention = "Of the MRR of a year before, what the same customers pay now. Point to point"
yearly_logo_churn = "Of the customers of a year before, those that do not pay now. Point to point"
---*/
WITH pairs AS (
  -- Every customer has a row for each month since its first, so twelve rows back is a year back.
  SELECT *, lag(after, 12) OVER (PARTITION BY customer_id ORDER BY month) AS year_ago
  FROM mrr_movements
  WHERE customer_id <> '(unattributed)'
),
sums AS (
  SELECT
    month,
    sum(before) AS opening_mrr, sum(new) AS new, sum(expansion) AS expansion, sum(contraction) AS contraction, sum(churn) AS churn,
    sum(reactivation) AS reactivation, sum(after) AS closing_mrr,
    count(*) FILTER (WHERE before > 0) AS opening_customers,
    count(*) FILTER (WHERE before > 0 AND after <= 0) AS lost_customers,
    count(*) FILTER (WHERE before <= 0 AND after > 0) AS won_customers,
    count(*) FILTER (WHERE after > 0) AS closing_customers,
    gross_revenue_retention(before, after) AS monthly_gross_retention,
    net_revenue_retention(before, after) AS monthly_net_retention,
    logo_churn_rate(before, after) AS monthly_logo_churn,
    quick_ratio(before, after) AS quick_ratio,
    sum(CASE WHEN before > 0 OR (after > 0 AND month > first_month) THEN after ELSE 0 END) AS kept_or_regained,
    sum(CASE WHEN before > 0 THEN before ELSE 0 END) AS paid_before,
    coalesce(sum(year_ago), 0) AS year_ago_mrr,
    count(*) FILTER (WHERE year_ago > 0) AS year_ago_customers,
    gross_revenue_retention(year_ago, after) AS yearly_gross_retention,
    net_revenue_retention(year_ago, after) AS yearly_net_retention,
    logo_churn_rate(year_ago, after) AS yearly_logo_churn
  FROM pairs
  GROUP BY month
)
SELECT
  month, opening_mrr, new, expansion, contraction, churn, reactivation, closing_mrr,
  opening_customers, lost_customers, won_customers, closing_customers,
  monthly_gross_retention, monthly_net_retention,
  CAST(round(kept_or_regained / nullif(paid_before, 0), 6) AS DECIMAL(38,6)) AS monthly_net_retention_with_reactivation,
  monthly_logo_churn, quick_ratio,
  CAST(round(closing_mrr / nullif(closing_customers, 0), 4) AS DECIMAL(38,4)) AS arpa,
  year_ago_mrr, year_ago_customers, yearly_gross_retention, yearly_net_retention, yearly_logo_churn
FROM sums
