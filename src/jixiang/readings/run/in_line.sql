-- What the exact line needs to know of the claims that stand in it, in the order of their keys.
SELECT c.*, s.claimed_fen AS was_claimed, s.amount_fen AS was_fen, s.decision_date AS was_day, s.places AS was_places,
    s.effective_date AS was_event
FROM claims AS c
JOIN line AS l ON l.policy = c.policy AND l.subject = c.subject AND l.period = c.period AND l.title = c.title
LEFT JOIN standing AS s
    ON s.policy = c.policy AND s.subject = c.subject AND s.period = c.period AND s.title = c.title
ORDER BY c.policy, c.subject, c.period, c.title
