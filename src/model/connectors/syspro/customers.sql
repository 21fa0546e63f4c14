/*---
description = "Customers; the master account is the parent, and the class, area or branch is the segment."
---*/
SELECT
  customer AS customer_key,
  coalesce(name, short_name) AS name,
  CASE WHEN master_account <> customer THEN master_account END AS parent_key,
  CASE $segment
    WHEN 'customer_type' THEN customer_type
    WHEN 'area' THEN area
    WHEN 'branch' THEN branch
    WHEN 'buying_group' THEN buying_group
    ELSE customer_class
  END AS segment,
  area AS region,
  nationality AS country,
  salesperson AS owner,
  date_cust_added AS acquired_on,
  tax_id,
  nullif(lower(split_part(email, '@', 2)), '') AS domain,
  lower(email) AS email
FROM ar_customer
