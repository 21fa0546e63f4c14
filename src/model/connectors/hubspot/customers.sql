/*---
description = "Companies, and the e-mail domains that stand for an account of their own. A company's annual revenue is its own turnover and is not used."
---*/
SELECT
    live_companies.company_id AS customer_key,
    live_companies.name,
    coalesce(parent.surviving_id, live_companies.parent_id) AS parent_key,
    coalesce(live_companies.segment, live_companies.industry) AS segment,
    live_companies.industry,
    live_companies.region,
    live_companies.country,
    live_companies.plan,
    coalesce(owner_names.name, owner_names.email, live_companies.owner) AS owner,
    live_companies.acquisition_channel,
    live_companies.acquired_on,
    live_companies.churned_on,
    live_companies.tax_id,
    live_companies.plain_domain AS domain
FROM live_companies
LEFT JOIN company_merges AS parent ON parent.merged_id = live_companies.parent_id
LEFT JOIN owner_names ON owner_names.owner_id = live_companies.owner
UNION ALL
SELECT
    named.customer_key,
    named.customer_key AS name,
    NULL AS parent_key,
    NULL AS segment,
    NULL AS industry,
    NULL AS region,
    NULL AS country,
    NULL AS plan,
    NULL AS owner,
    NULL AS acquisition_channel,
    NULL AS acquired_on,
    NULL AS churned_on,
    NULL AS tax_id,
    named.customer_key AS domain
FROM (SELECT DISTINCT customer_key FROM activity_accounts WHERE by_domain) AS named
