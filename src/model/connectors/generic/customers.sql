/*---
description = "The customers as given, with the domain in lower case, without `www.` and the last dot."
---*/
SELECT
    customer_key,
    name,
    parent_key,
    segment,
    industry,
    region,
    country,
    plan,
    owner,
    acquisition_channel,
    acquired_on,
    churned_on,
    tax_id,
    nullif(lower(regexp_replace(regexp_replace(domain, '^(https?://)?(www\.)?', '', 'i'), '(\.?[/:?].*|\.)$', '')), '') AS domain,
    lower(email) AS email
FROM customers
