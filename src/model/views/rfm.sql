/*---
group = "report"
description = "One row per customer with a document of positive revenue: how recently, how often and for how much it bought up to the project's date, and scores from 1 to 5 for each, 5 the best. What belongs to no customer is left out"
[columns]
customer_id = "The customer"
name = "The customer's name"
recency_days = "Days from the last document to the project's date"
frequency = "How many documents. Lines of one day without a number are one"
monetary = "What these documents amount to; credit notes are not among them"
recency_score = "1 to 5 among all customers, 5 the most recent. Equal values have equal scores"
frequency_score = "1 to 5, 5 the most frequent"
monetary_score = "1 to 5, 5 the most money"
rfm = "The three scores side by side: 555 is best, 111 worst"
---*/
WITH
documents AS (
  SELECT customer_id, max(posted_on) AS posted_on, sum(amount) AS amount
  FROM revenue
  WHERE posted_on <= $as_of AND customer_id <> '(unattributed)'
  GROUP BY customer_id, source, document, CASE WHEN document IS NULL THEN posted_on END
  HAVING sum(amount) > 0
),
totals AS (
  SELECT customer_id, $as_of - max(posted_on) AS recency_days, count(*) AS frequency, sum(amount) AS monetary
  FROM documents
  GROUP BY customer_id
),
scores AS (
  SELECT
    *,
    rfm_score(recency_days) OVER (ORDER BY recency_days DESC) AS recency_score,
    rfm_score(frequency) OVER (ORDER BY frequency) AS frequency_score,
    rfm_score(monetary) OVER (ORDER BY monetary) AS monetary_score
  FROM totals
)
SELECT
  scores.customer_id, customers.name, recency_days, frequency, monetary, recency_score, frequency_score, monetary_score,
  concat(recency_score, frequency_score, monetary_score) AS rfm
FROM scores
LEFT JOIN customers ON customers.customer_id = scores.customer_id
