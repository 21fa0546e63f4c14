SELECT max(day) AS newest
FROM (
  SELECT max(posted_on) AS day FROM all_revenue
  UNION ALL
  SELECT max(posted_on) FROM all_costs
  UNION ALL
  SELECT CAST(max(opened_at) AS DATE) FROM all_interactions
  UNION ALL
  SELECT max(used_on) FROM all_usage
) AS days
