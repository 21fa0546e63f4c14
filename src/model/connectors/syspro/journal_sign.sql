/*---
description = "Decides whether journal values are signed, or positive with D or C beside them."
---*/
SELECT
  CASE WHEN coalesce(sum(entry_value), 0) > 0 THEN 'entry_type' ELSE 'signed' END AS value,
  CASE
    WHEN count(*) = 0 THEN 'no journal entry has the type C'
    ELSE 'the ' || CAST(count(*) AS TEXT) || ' journal entries of type C add to ' || CAST(sum(entry_value) AS TEXT)
  END AS reason
FROM gen_journal_detail
WHERE entry_type IN ('C', 'c')
