/*---
description = "Issued documents under each name that a line may use for them: the code, and the id unless it is another document's code."
---*/
SELECT *
FROM (SELECT *, unnest(make_array(kod, id)) AS key, unnest(make_array(1, 2)) AS place FROM documents) AS named
QUALIFY row_number() OVER (PARTITION BY key ORDER BY place, id) = 1
