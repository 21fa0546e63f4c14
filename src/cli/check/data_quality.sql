SELECT severity, source, table_name, check_name, rows, example, place
FROM data_quality
ORDER BY CASE severity WHEN 'error' THEN 1 WHEN 'warning' THEN 2 ELSE 3 END, source, table_name, check_name
