/*---
description = "Revenue rows, and whether their document is a credit"
---*/
SELECT *, coalesce(lower(trim(document_type)) IN ($credit_types), false) AS is_credit
FROM revenue
