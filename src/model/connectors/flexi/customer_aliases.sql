/*---
description = "The internal id of a company, which some exports show in place of its code; not where the id is the code of another."
---*/
SELECT companies.id AS alias_key, companies.kod AS customer_key
FROM adresar AS companies
WHERE companies.id IS NOT NULL
  AND companies.id <> companies.kod
  AND NOT EXISTS (SELECT 1 FROM adresar AS others WHERE others.kod = companies.id)
