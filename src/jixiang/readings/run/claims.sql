-- Every claim at the date it is decided on, in one form. A grant that is held (unknown now), or whose own text is no longer
-- at hand, keeps the amount and the places that it had; `wants` is the most that it may come to hold.
--
-- picks: see picks.sql; rule_names: policy, name, rule (its number); policies: policy, money.
WITH places_before AS (
    SELECT b.policy, b.subject, b.period, b.title,
        LIST({'rule': n.rule, 'key': b.place.key, 'most': b.place.limit, 'level': CAST(0 AS BIGINT)} ORDER BY n.rule) AS asked
    FROM (SELECT policy, subject, period, title, UNNEST(places) AS place FROM standing) AS b
    JOIN rule_names AS n ON n.policy = b.policy AND n.name = b.place.rule
    GROUP BY b.policy, b.subject, b.period, b.title
),
joined AS (
    SELECT p.*,
        CASE
            WHEN p.state = 'held' THEN CASE WHEN f.money THEN s.amount_fen ELSE 1 END
            WHEN p.state = 'kept_as_is' THEN CASE WHEN f.money THEN s.claimed_fen ELSE 1 END
            ELSE v.amount
        END AS amount,
        CASE WHEN f.money THEN COALESCE(s.amount_fen, 0) ELSE 0 END AS had,
        COALESCE(s.funded_fen, 0) AS was_funded,
        s.turn AS was_turn,
        CASE WHEN p.state = 'kept_as_is' THEN s.effective_date ELSE v.event END AS event,
        COALESCE(v.rank, [4611686018427387904]) AS rank,
        CASE WHEN p.state IN ('held', 'kept_as_is') THEN COALESCE(b.asked, v.asked[1:0]) ELSE v.asked END AS asked
    FROM picks AS p
    JOIN policies AS f ON f.policy = p.policy
    LEFT JOIN verdicts AS v
        ON v.policy = p.policy AND v.subject = p.subject AND v.period = p.period AND v.title = p.title AND v.day = p.day
    LEFT JOIN standing AS s
        ON s.policy = p.policy AND s.subject = p.subject AND s.period = p.period AND s.title = p.title
    LEFT JOIN places_before AS b
        ON b.policy = p.policy AND b.subject = p.subject AND b.period = p.period AND b.title = p.title
    WHERE p.state <> 'fallen'
)
SELECT *, GREATEST(amount, had) AS wants FROM joined
