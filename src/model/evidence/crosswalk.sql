-- The rows of a starting crosswalk: who is not found, and who it could be.
SELECT source, source_key, name, candidate_id, candidate_name, candidate_score, other_candidates
FROM unmatched_customers
ORDER BY source, source_key
