/*---
description = "Named checks of the exports, with the number of rows and an example."
---*/
SELECT 'unknown_document_type' AS check_name, 'error' AS severity, 'faktura_vydana' AS table_name, count(*) AS rows, min(coalesce(type_code, 'none') || ' (' || kod || ')') AS example
FROM headers
WHERE storno IS NOT TRUE AND (kind IS NULL OR kind NOT IN ('faktura', 'dobropis', 'zalohFaktura', 'zdd', 'dodList', 'proforma'))
HAVING count(*) > 0
UNION ALL
SELECT 'document_without_net_value', 'error', 'faktura_vydana', count(*), min(kod)
FROM headers
WHERE net IS NULL AND storno IS NOT TRUE
HAVING count(*) > 0
UNION ALL
SELECT 'credit_sign_suspicious', 'warning', 'faktura_vydana', count(*), min(kod)
FROM documents
WHERE kind = 'dobropis' AND reason IS NULL AND net > 0
HAVING count(*) > 0
UNION ALL
SELECT 'gross_is_not_net_plus_tax', 'warning', 'faktura_vydana', count(*), min(kod)
FROM headers
-- Documents may be rounded to whole units (zaokrNaSumK), so up to half a unit is no mistake.
WHERE storno IS NOT TRUE AND abs(gross - net - tax) > 0.51
HAVING count(*) > 0
UNION ALL
SELECT 'rate_missing', 'warning', 'faktura_vydana', count(*), min(currency || ' (' || kod || ')')
FROM headers
WHERE currency <> $currency AND rate IS NULL
HAVING count(*) > 0
UNION ALL
SELECT 'converted_value_differs', 'warning', 'faktura_vydana', count(*), min(kod)
FROM headers
WHERE currency <> $currency AND storno IS NOT TRUE AND abs(foreign_net * rate - net) > 1
HAVING count(*) > 0
UNION ALL
SELECT 'advance_or_proforma_left_out', 'info', 'faktura_vydana', count(*), min(kod)
FROM documents
WHERE kind IN ('proforma', 'zalohFaktura', 'zdd', 'dodList') AND reason IS NOT NULL
HAVING count(*) > 0
UNION ALL
SELECT 'advance_deducted_without_lines', 'warning', 'faktura_vydana', count(*), min(kod)
FROM headers
WHERE kind = 'faktura' AND storno IS NOT TRUE AND advances <> 0 AND (SELECT count(*) FROM faktura_vydana_polozka) = 0
HAVING count(*) > 0
UNION ALL
SELECT 'document_without_customer', 'warning', 'faktura_vydana', count(*), min(kod)
FROM documents
WHERE reason IS NULL AND customer_key IS NULL
HAVING count(*) > 0
UNION ALL
SELECT 'document_of_unknown_customer', 'warning', 'faktura_vydana', count(*), min(customer_key)
FROM documents
WHERE reason IS NULL AND customer_key IS NOT NULL AND (SELECT count(*) FROM adresar) > 0
  AND NOT EXISTS (SELECT 1 FROM adresar AS companies WHERE companies.kod = documents.customer_key)
HAVING count(*) > 0
UNION ALL
SELECT 'line_without_document', 'error', 'faktura_vydana_polozka', count(*), min(coalesce(document_key, 'none'))
FROM document_lines
WHERE document IS NULL
HAVING count(*) > 0
UNION ALL
SELECT 'document_without_items', 'info', 'faktura_vydana', count(*), min(kod)
FROM documents
WHERE reason IS NULL AND bez_polozek
HAVING count(*) > 0
UNION ALL
SELECT 'journal_row_without_date', 'error', 'ucetni_denik', count(*), min(doklad)
FROM ucetni_denik
WHERE dat_ucto IS NULL AND dat_vyst IS NULL
HAVING count(*) > 0
UNION ALL
SELECT 'journal_row_not_posted', 'warning', 'ucetni_denik', count(*), min(doklad)
FROM ucetni_denik
WHERE zuctovano = false OR (md_ucet IS NULL AND dal_ucet IS NULL)
HAVING count(*) > 0
UNION ALL
SELECT 'vat_row_left_out', 'info', 'ucetni_denik', count(*), min(doklad)
FROM ucetni_denik
WHERE vat_item
HAVING count(*) > 0
UNION ALL
-- Periods look like 2016/02 or 2024001: four digits of the year, and the last two are the month of the fiscal year.
SELECT 'date_outside_posting_period', 'warning', 'ucetni_denik', count(*), min(doklad || ': ' || CAST(dat_ucto AS TEXT) || ' in ' || posting_period)
FROM ucetni_denik
WHERE posting_period ~ '^[0-9]{4}[^0-9]?0?(0[1-9]|1[0-3])$'
  AND (TRY_CAST(left(posting_period, 4) AS INT) <> fiscal_year(dat_ucto, $fiscal_year_starts) OR TRY_CAST(right(posting_period, 2) AS INT) <> fiscal_period(dat_ucto, $fiscal_year_starts))
HAVING count(*) > 0
UNION ALL
SELECT 'unreadable_posting_period', 'info', 'ucetni_denik', count(*), min(posting_period)
FROM ucetni_denik
WHERE posting_period !~ '^[0-9]{4}[^0-9]?0?(0[1-9]|1[0-3])$'
HAVING count(*) > 0
UNION ALL
SELECT 'account_not_in_chart', 'warning', 'ucetni_denik', count(*), min(used.account)
FROM (SELECT DISTINCT account FROM used_accounts) AS used
WHERE (SELECT count(*) FROM ucet) > 0
  AND NOT EXISTS (SELECT 1 FROM ucet AS chart WHERE regexp_replace(chart.kod, '^(code|ext|key):', '') = used.account)
  AND strpos(',' || $salaries_account || ',' || $insurance_account || ',', ',' || used.account || ',') = 0
HAVING count(*) > 0
UNION ALL
SELECT 'account_without_category', 'info', 'ucet', count(*), min(account)
FROM account_categories
WHERE kind = 'naklady' AND listed_category IS NULL
HAVING count(*) > 0
UNION ALL
SELECT 'contract_price_includes_vat', 'warning', 'smlouva_polozka', count(*), min(id)
FROM smlouva_polozka
WHERE typ_ceny_dph_k IN ('typCeny.sDph', 'sDph')
HAVING count(*) > 0
UNION ALL
SELECT 'contract_item_without_contract', 'error', 'smlouva_polozka', count(*), min(items.id)
FROM smlouva_polozka AS items
WHERE NOT EXISTS (SELECT 1 FROM smlouva AS contracts WHERE regexp_replace(contracts.kod, '^(code|ext|key):', '') = regexp_replace(items.smlouva, '^(code|ext|key):', ''))
HAVING count(*) > 0
UNION ALL
SELECT 'event_ends_before_it_begins', 'warning', 'udalost', count(*), min(id)
FROM udalost
WHERE dokonceni < zahajeni
HAVING count(*) > 0
UNION ALL
SELECT 'all_day_event', 'info', 'udalost', count(*), min(id)
FROM udalost
WHERE celodenni
HAVING count(*) > 0
UNION ALL
SELECT 'event_without_company', 'warning', 'udalost', count(*), min(id)
FROM udalost
WHERE nullif(regexp_replace(firma, '^(code|ext|key):', ''), '') IS NULL
HAVING count(*) > 0
UNION ALL
SELECT 'effort_without_event', 'warning', 'naklad', count(*), min(adr_udalost)
FROM naklad
WHERE NOT EXISTS (SELECT 1 FROM udalost AS events WHERE events.id = regexp_replace(naklad.adr_udalost, '^(code|ext|key):', ''))
HAVING count(*) > 0
