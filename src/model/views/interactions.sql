/*---
group = "canonical"
description = "One row per ticket, chat, call or event and customer"
[columns]
interaction_id = "The vendor's number of the interaction"
customer_id = "The customer, or (unattributed)"
share = "The part of the interaction that is this customer's; adds to 1 per interaction"
channel = "ticket, chat, call, email, event, …"
opened_at = "When it began, in UTC"
first_response_at = "When a person first answered, in UTC"
closed_at = "When it was closed, in UTC; NULL while it is open"
handle_minutes = "This row's share of the minutes of work; NULL if unknown"
handle_method = "How the minutes are known: measured, messages, stages, standard, elapsed"
category = "What it was about"
priority = "How urgent it was"
agent = "Who handled it"
status = "Where it stands, in the vendor's terms"
source = "The source of the project file"
---*/
SELECT
  events.interaction_id, coalesce(keys.customer_id, '(unattributed)') AS customer_id, coalesce(events.share, 1) AS share, events.channel,
  events.opened_at, events.first_response_at, events.closed_at, events.handle_minutes, events.handle_method, events.category,
  events.priority, events.agent, events.status, events.source
FROM customer_keys AS keys
RIGHT JOIN all_interactions AS events ON keys.source = events.source AND keys.source_key = events.customer_key
