SELECT DISTINCT customer AS customer_key, customer AS name FROM deals WHERE customer IS NOT NULL
