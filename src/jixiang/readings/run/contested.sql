-- The places that cannot hold all who want them, in full: only there does the line matter. (selection.md 6, a)
--
-- claims: asked = list of (rule, key, most, level); wants = the most that the claim may come to hold, fen.
-- rules: kind and whether the rule counts within a span of time.
WITH asked AS (
    SELECT policy, period, wants, UNNEST(asked) AS place FROM claims
    UNION ALL
    SELECT policy, period, wants, UNNEST(asked) AS place FROM first_claims
)
SELECT a.place.rule AS rule, a.place.key AS key
FROM asked AS a
JOIN rules AS r ON r.rule = a.place.rule
GROUP BY a.place.rule, a.place.key, r.kind, r.spans
HAVING COUNT(*) > 1 AND r.spans
    OR CASE r.kind
        WHEN 'count' THEN COUNT(*) > MIN(a.place.most)
        WHEN 'months' THEN COUNT(DISTINCT a.period) > MIN(a.place.most)
        WHEN 'money' THEN SUM(a.wants) > MIN(a.place.most)
        WHEN 'exclude' THEN COUNT(DISTINCT a.policy) > 1
        ELSE COUNT(*) > 1
    END
