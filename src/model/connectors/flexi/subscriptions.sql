/*---
description = "Contract items: the price per invoice, divided by the months between invoices, without VAT."
---*/
SELECT
  items.id AS subscription_id,
  CASE WHEN $contract_customer = 'billed' THEN coalesce(contracts.billed_key, contracts.customer_key) ELSE contracts.customer_key END AS customer_key,
  coalesce(items.product, items.nazev, contracts.nazev) AS plan,
  coalesce(items.plati_od_data, contracts.smlouva_od) AS started_on,
  -- A contract that renews itself ends only when it is given notice.
  least(items.plati_do_data, contracts.dat_vypoz, CASE WHEN contracts.auto_prodl THEN NULL ELSE contracts.smlouva_do END) AS ended_on,
  CAST(round(items.price / coalesce(nullif(items.frek_fakt, 0), nullif(contracts.frek_fakt, 0), 1), 2) AS DECIMAL(18, 4)) AS mrr,
  $currency AS currency
FROM (
  SELECT
    id,
    regexp_replace(smlouva, '^(code|ext|key):', '') AS contract,
    nullif(regexp_replace(cenik, '^(code|ext|key):', ''), '') AS product,
    nazev,
    plati_od_data,
    plati_do_data,
    frek_fakt,
    CASE
      WHEN typ_ceny_dph_k IN ('typCeny.sDph', 'sDph') THEN cena_celkem / (1 + coalesce(szb_dph / 100, $vat_rate))
      ELSE cena_celkem
    END AS price
  FROM smlouva_polozka
) AS items
JOIN (
  SELECT
    regexp_replace(kod, '^(code|ext|key):', '') AS contract,
    nazev,
    nullif(regexp_replace(firma, '^(code|ext|key):', ''), '') AS customer_key,
    nullif(regexp_replace(firma_fakt, '^(code|ext|key):', ''), '') AS billed_key,
    smlouva_od,
    smlouva_do,
    dat_vypoz,
    auto_prodl,
    frek_fakt
  FROM smlouva
) AS contracts ON contracts.contract = items.contract
