-- The fund's queue: who is covered stays covered; the others in order, and the first that does not fit stops it.
-- Amounts are positive, so "the running sum still fits" is exactly the strict queue. (selection.md 2, 4)
--
-- granted: every grant with amount_fen, was_funded (covered before) and its fund, year, rank, event.
-- ceilings: fund, year, ceiling_fen; a fund and year without a line has nothing.
-- policies: policy, turn: the policy's place among those of its fund.
WITH kept AS (
    SELECT g.*, LEAST(g.was_funded, g.amount_fen) AS covered, p.turn
    FROM granted AS g
    JOIN policies AS p ON p.policy = g.policy
),
room AS (
    SELECT k.fund, k.year, COALESCE(MAX(c.ceiling_fen), 0) - SUM(k.covered) AS fen
    FROM kept AS k
    LEFT JOIN ceilings AS c ON c.fund = k.fund AND c.year = k.year
    GROUP BY k.fund, k.year
),
queued AS (
    SELECT policy, subject, period, title, fund, year, covered, amount_fen,
        SUM(amount_fen - covered) OVER (
            PARTITION BY fund, year
            ORDER BY turn, rank, decision_date, event, policy, subject, period, title
            ROWS UNBOUNDED PRECEDING
        ) AS needed
    FROM kept
)
SELECT q.policy, q.subject, q.period, q.title,
    CASE WHEN q.fund = '' OR q.needed <= r.fen THEN q.amount_fen ELSE q.covered END AS funded_fen
FROM queued AS q
JOIN room AS r ON r.fund = q.fund AND r.year = q.year
