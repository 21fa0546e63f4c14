/*---
description = "Invoices split into net and tax: by the export's tax column, else by the option `invoice_tax_pct`; and why an invoice does not count."
---*/
SELECT
    invoice_id,
    invoiced_on,
    lower(status) AS status,
    amount_billed,
    coalesce(tax, CAST(amount_billed - round(amount_billed / (1 + $invoice_tax_pct / 100), 2) AS DECIMAL(18, 4))) AS tax,
    currency,
    company_ids,
    CASE
        WHEN coalesce(is_deleted, false) OR coalesce(is_removed, false) THEN 'deleted'
        WHEN lower(status) IN ('voided', 'void') THEN 'voided'
        WHEN lower(status) = 'draft' THEN 'draft'
    END AS excluded_because,
    source_file
FROM invoices
