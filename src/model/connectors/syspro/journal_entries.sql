/*---
description = "Journal entries with signed values (debits positive), split by the analysis code that names the customer, if the option says so."
---*/
SELECT gl_year, gl_period, journal, entry_number, gl_code, source, entry_date, transaction_date, document_date, entry_posted, commitment_flag, source_file,
  CAST(NULL AS TEXT) AS customer_key,
  CASE WHEN $journal_sign = 'entry_type' AND entry_type IN ('C', 'c') THEN -entry_value ELSE entry_value END AS amount
FROM gen_journal_detail
WHERE $cost_customer = 'accounts'
UNION ALL
SELECT journal.gl_year, journal.gl_period, journal.journal, journal.entry_number, journal.gl_code, journal.source, journal.entry_date,
  journal.transaction_date, journal.document_date, journal.entry_posted, journal.commitment_flag, journal.source_file,
  CASE $cost_customer
    WHEN 'analysis_1' THEN analysis.analysis_code1
    WHEN 'analysis_2' THEN analysis.analysis_code2
    WHEN 'analysis_3' THEN analysis.analysis_code3
    WHEN 'analysis_4' THEN analysis.analysis_code4
    ELSE analysis.analysis_code5
  END AS customer_key,
  CASE WHEN $journal_sign = 'entry_type' AND journal.entry_type IN ('C', 'c') THEN -analysis.entry_value ELSE analysis.entry_value END AS amount
FROM gen_journal_detail AS journal
JOIN gen_analysis_trn AS analysis ON analysis.analysis_entry = journal.analysis_entry
WHERE $cost_customer <> 'accounts'
UNION ALL
-- What the analysis leaves of an entry stays shared, so an incomplete analysis loses nothing.
SELECT journal.gl_year, journal.gl_period, journal.journal, journal.entry_number, journal.gl_code, journal.source, journal.entry_date,
  journal.transaction_date, journal.document_date, journal.entry_posted, journal.commitment_flag, journal.source_file,
  CAST(NULL AS TEXT) AS customer_key,
  CASE WHEN $journal_sign = 'entry_type' AND journal.entry_type IN ('C', 'c') THEN coalesce(analysed.total, 0) - journal.entry_value ELSE journal.entry_value - coalesce(analysed.total, 0) END AS amount
FROM gen_journal_detail AS journal
LEFT JOIN (SELECT analysis_entry, sum(entry_value) AS total FROM gen_analysis_trn GROUP BY analysis_entry) AS analysed
  ON analysed.analysis_entry = journal.analysis_entry
WHERE $cost_customer <> 'accounts' AND journal.entry_value <> coalesce(analysed.total, 0)
