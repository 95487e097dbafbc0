-- The claims that touch a contested place: those, and only those, stand in the exact line. (selection.md 6, b)
SELECT DISTINCT c.policy, c.subject, c.period, c.title
FROM (SELECT policy, subject, period, title, UNNEST(asked) AS place FROM claims) AS c
JOIN contested AS x ON x.rule = c.place.rule AND x.key = c.place.key
