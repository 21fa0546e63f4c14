/*---
description = "All drivers side by side, for pools whose driver is an expression such as `interactions + 3 * active_users`"
[columns]
month = "The first day of the month"
customer_id = "The customer, or (unattributed)"
handle_minutes = "The minutes of work, 0 if none"
interactions = "The interactions, 0 if none"
revenue = "The revenue where it is positive, else 0"
customers = "1 while it is a customer, else 0"
active_users = "The users of the product, 0 if none"
---*/
WITH quantities AS (
  SELECT month, customer_id, 'handle_minutes' AS driver, quantity FROM driver_handle_minutes
  UNION ALL
  SELECT month, customer_id, 'interactions', quantity FROM driver_interactions
  UNION ALL
  SELECT month, customer_id, 'revenue', quantity FROM driver_revenue
  UNION ALL
  SELECT month, customer_id, 'customers', quantity FROM driver_customers
  UNION ALL
  SELECT month, customer_id, 'active_users', quantity FROM driver_active_users
)
SELECT
  month, customer_id,
  coalesce(sum(quantity) FILTER (WHERE driver = 'handle_minutes'), 0) AS handle_minutes,
  coalesce(sum(quantity) FILTER (WHERE driver = 'interactions'), 0) AS interactions,
  coalesce(sum(quantity) FILTER (WHERE driver = 'revenue'), 0) AS revenue,
  coalesce(sum(quantity) FILTER (WHERE driver = 'customers'), 0) AS customers,
  coalesce(sum(quantity) FILTER (WHERE driver = 'active_users'), 0) AS active_users
FROM quantities
GROUP BY month, customer_id
