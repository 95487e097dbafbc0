-- What the funds' queue orders: every grant with the money it needs. Honours and services need none.
SELECT s.policy, s.subject, s.period, s.title, s.day AS decision_date, YEAR(s.day) AS year,
    CASE WHEN s.money THEN s.fund ELSE '' END AS fund,
    CASE WHEN s.money THEN s.amount ELSE 0 END AS amount_fen,
    c.was_funded, c.rank, c.event
FROM settled AS s
JOIN claims AS c ON c.policy = s.policy AND c.subject = s.subject AND c.period = s.period AND c.title = s.title
WHERE s.outcome = 'granted'
