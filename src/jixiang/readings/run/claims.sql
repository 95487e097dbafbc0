-- Every claim at the date it is decided on, in one form. A grant that is held (unknown now), or whose own text is no longer
-- at hand, keeps its amount, its 适用日 and its places; `wants` is the most that it may come to hold.
--
-- picks: see picks.sql; rule_names: policy, name, rule (its number); policies: policy, fund. A place as it is stored holds
-- in `limit` the level under 先高后低, else the limit. Titles and services are stored with no money and count one.
WITH places_before AS (
    SELECT b.policy, b.subject, b.period, b.title,
        LIST({
            'rule': n.rule,
            'key': b.place.key,
            'most': CASE WHEN r.kind = 'ladder' THEN 0 ELSE b.place.limit END,
            'level': CASE WHEN r.kind = 'ladder' THEN b.place.limit ELSE 0 END
        } ORDER BY n.rule) AS asked
    FROM (SELECT policy, subject, period, title, UNNEST(places) AS place FROM standing) AS b
    JOIN rule_names AS n ON n.policy = b.policy AND n.name = b.place.rule
    JOIN rules AS r ON r.rule = n.rule
    GROUP BY b.policy, b.subject, b.period, b.title
),
joined AS (
    SELECT p.*,
        CASE
            WHEN p.state IN ('held', 'kept_as_is') AND s.amount_fen = 0 THEN 1
            WHEN p.state = 'held' THEN s.amount_fen
            WHEN p.state = 'kept_as_is' THEN s.claimed_fen
            ELSE v.amount
        END AS amount,
        COALESCE(s.amount_fen, 0) AS had,
        COALESCE(s.funded_fen, 0) AS was_funded,
        s.turn AS was_turn,
        CASE WHEN p.state IN ('held', 'kept_as_is') THEN s.effective_date ELSE v.event END AS event,
        CASE WHEN p.state IN ('held', 'kept_as_is') THEN s.amount_fen > 0 ELSE v.money END AS money,
        COALESCE(v.fund, f.fund) AS fund,
        COALESCE(v.rank, [4611686018427387904]) AS rank,
        CASE WHEN p.state IN ('held', 'kept_as_is') THEN COALESCE(b.asked, CAST([] AS STRUCT(rule BIGINT, key VARCHAR, most BIGINT, level BIGINT)[])) ELSE v.asked END AS asked
    FROM picks AS p
    JOIN policies AS f ON f.policy = p.policy
    LEFT JOIN verdicts AS v
        ON v.policy = p.policy AND v.subject = p.subject AND v.period = p.period AND v.title = p.spoken AND v.day = p.day
        AND p.state <> 'kept_as_is'
    LEFT JOIN standing AS s
        ON s.policy = p.policy AND s.subject = p.subject AND s.period = p.period AND s.title = p.title
    LEFT JOIN places_before AS b
        ON b.policy = p.policy AND b.subject = p.subject AND b.period = p.period AND b.title = p.title
    WHERE p.state <> 'fallen'
)
SELECT *, GREATEST(amount, had) AS wants FROM joined
