-- Interactions by channel, priority and topic: text keys, timestamps, a filter on most rows.
SELECT
    channel,
    priority,
    category,
    count(*)                                          AS interactions,
    sum(handle_minutes)                               AS handle_minutes,
    count(*) FILTER (WHERE closed_at IS NULL)         AS open
FROM interactions
WHERE opened_at >= TIMESTAMP '2025-02-01 00:00:00'
GROUP BY channel, priority, category
ORDER BY channel, priority, category;
