-- Every claim that either side grants, or of which the two say different things.
--
-- said: side ('before' in force, 'after' the draft), the key, label (the version without its hash), outcome, why (names of what failed or
-- is unknown), the dates, beneficiary, payee, fen (what is granted; 0 for titles and services and for who gets nothing), granted.
WITH b AS (SELECT * FROM said WHERE side = 'before'),
a AS (SELECT * FROM said WHERE side = 'after'),
both_sides AS (
    SELECT
        COALESCE(b.policy, a.policy) AS policy,
        COALESCE(b.subject, a.subject) AS subject,
        COALESCE(b.period, a.period) AS period,
        COALESCE(b.title, a.title) AS title,
        b.label AS label_before, a.label AS label_after,
        b.outcome AS outcome_before, a.outcome AS outcome_after,
        b.why AS why_before, a.why AS why_after,
        b.decision_date AS decision_date_before, a.decision_date AS decision_date_after,
        b.effective_date AS effective_date_before, a.effective_date AS effective_date_after,
        b.beneficiary AS beneficiary_before, a.beneficiary AS beneficiary_after,
        COALESCE(b.fen, 0) AS fen_before, COALESCE(a.fen, 0) AS fen_after,
        COALESCE(b.granted, FALSE) AS granted_before, COALESCE(a.granted, FALSE) AS granted_after,
        b.outcome IS DISTINCT FROM a.outcome OR b.why IS DISTINCT FROM a.why
            OR b.fen IS DISTINCT FROM a.fen OR b.label IS DISTINCT FROM a.label
            OR b.beneficiary IS DISTINCT FROM a.beneficiary OR b.payee IS DISTINCT FROM a.payee
            OR b.effective_date IS DISTINCT FROM a.effective_date
            OR (COALESCE(b.granted, FALSE) AND b.decision_date IS DISTINCT FROM a.decision_date) AS differs
    FROM b
    FULL OUTER JOIN a
        ON b.policy = a.policy AND b.subject = a.subject AND b.period = a.period AND b.title = a.title
)
SELECT
    *,
    CASE
        WHEN granted_after AND NOT granted_before THEN 'gained'
        WHEN granted_before AND NOT granted_after THEN 'lost'
        WHEN NOT granted_before THEN CASE WHEN differs THEN 'reason' ELSE 'none' END
        WHEN fen_after > fen_before THEN 'more'
        WHEN fen_after < fen_before THEN 'less'
        WHEN differs THEN 'other'
        ELSE 'same'
    END AS change
FROM both_sides
WHERE granted_before OR granted_after OR differs
