-- For every claim, on which run date it is decided: a grant that stands at its own date while it holds there or is
-- unknown there; all others at the first run date on which they hold. (selection.md 4, steps 1 and 5)
--
-- verdicts: one row a subject and run date (day), `holds` = nothing failed and nothing unknown; `reaches`: a late fact may
-- still cure a refusal of that day (追溯), which only newcomers need.
-- standing: the grants of the run before. state: new | kept | held (unknown now) | redated | fallen | kept_as_is (its text
-- is no longer at hand). spoken: the title under which the verdict is found; while it is unknown which titles there are,
-- one verdict without a title speaks for all.
WITH firsts AS (
    SELECT policy, subject, period, title, MIN(day) AS first_day, MIN(day) FILTER (WHERE reaches) AS first_new
    FROM verdicts
    WHERE holds
    GROUP BY policy, subject, period, title
),
judged AS (
    SELECT s.*,
        CASE
            WHEN NOT s.judged THEN 'kept_as_is'
            WHEN v.holds THEN 'kept'
            WHEN v.failed = 0 OR u.failed = 0 THEN 'held'
            ELSE 'false'
        END AS verdict,
        CASE WHEN v.policy IS NULL AND u.failed = 0 THEN '' ELSE s.title END AS spoken
    FROM standing AS s
    LEFT JOIN verdicts AS v
        ON v.policy = s.policy AND v.subject = s.subject AND v.period = s.period AND v.title = s.title
        AND v.day = s.decision_date
    LEFT JOIN verdicts AS u
        ON u.policy = s.policy AND u.subject = s.subject AND u.period = s.period AND u.title = ''
        AND u.day = s.decision_date AND s.title <> '' AND NOT u.holds
),
both_sides AS (
    SELECT
        COALESCE(f.policy, j.policy) AS policy,
        COALESCE(f.subject, j.subject) AS subject,
        COALESCE(f.period, j.period) AS period,
        COALESCE(f.title, j.title) AS title,
        CASE
            WHEN j.policy IS NULL THEN 'new'
            WHEN j.verdict IN ('kept', 'held', 'kept_as_is') THEN j.verdict
            WHEN f.first_day IS NOT NULL THEN 'redated'
            ELSE 'fallen'
        END AS state,
        CASE
            WHEN j.policy IS NULL THEN f.first_new
            WHEN j.verdict IN ('kept', 'held', 'kept_as_is') THEN j.decision_date
            ELSE f.first_day
        END AS day,
        f.first_day,
        COALESCE(j.spoken, f.title) AS spoken
    FROM firsts AS f
    FULL OUTER JOIN judged AS j
        ON f.policy = j.policy AND f.subject = j.subject AND f.period = j.period AND f.title = j.title
)
SELECT * FROM both_sides WHERE day IS NOT NULL
