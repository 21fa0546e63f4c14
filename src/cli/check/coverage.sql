SELECT * FROM coverage ORDER BY source, table_name
