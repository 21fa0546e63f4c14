-- Almost as many groups as rows: the totals of all documents.
SELECT count(*) AS documents, sum(total) AS revenue, max(total) AS largest, min(total) AS smallest
FROM (SELECT document, sum(amount) AS total FROM revenue GROUP BY document) AS documents;
