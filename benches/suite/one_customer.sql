-- A page about one customer: little is needed of a large table.
SELECT posted_on, document, product, document_type, amount
FROM revenue
WHERE customer_id = 'C000127' AND posted_on BETWEEN DATE '2025-03-01' AND DATE '2025-05-31'
ORDER BY posted_on, document, product, amount;
