-- Everything that stands or yields: what the exact line decided, and the claims that met no contested place, which are
-- granted in full whatever the order. (selection.md 6, d)
--
-- policies: policy, early, run; `turn` says in which run and where in the line a grant was accepted. `state`, `spoken` and
-- `money` are the claim's (see picks.sql); what fell out of a place and stands in line again is new.
WITH named AS (
    SELECT LIST(name ORDER BY rule) AS names FROM rules
),
easy AS (
    SELECT c.*, f.early, f.run
    FROM claims AS c
    JOIN policies AS f ON f.policy = c.policy
    LEFT JOIN line AS l ON l.policy = c.policy AND l.subject = c.subject AND l.period = c.period AND l.title = c.title
    WHERE l.policy IS NULL
)
SELECT d.policy, d.subject, d.period, d.title, d.day, d.outcome, d.amount, d.on_hold, d.turn, d.places,
    c.state, CASE WHEN d.on_hold THEN c.spoken ELSE d.title END AS spoken, c.money, c.fund
FROM decided AS d
JOIN claims AS c ON c.policy = d.policy AND c.subject = d.subject AND c.period = d.period AND c.title = d.title
UNION ALL
SELECT e.policy, e.subject, e.period, e.title, e.day, 'granted' AS outcome, e.amount, e.state = 'held' AS on_hold,
    CASE
        WHEN e.was_turn IS NOT NULL THEN e.was_turn
        WHEN e.early THEN LIST_CONCAT(LIST_CONCAT([e.run], e.rank), [ordinal(e.event), -e.amount])
        ELSE LIST_CONCAT(LIST_CONCAT([e.run], e.rank), [-e.amount, ordinal(e.event)])
    END AS turn,
    named_places(e.asked, n.names) AS places, e.state, e.spoken, e.money, e.fund
FROM easy AS e
CROSS JOIN named AS n
