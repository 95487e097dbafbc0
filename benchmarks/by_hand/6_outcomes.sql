-- Every candidate's outcome before the line: what a limit or an exclusion would take away is not asked here.
CREATE VIEW outcomes AS
SELECT policy, subject, period, title,
    CASE WHEN holds THEN 'holds' WHEN NOT holds THEN 'denied' ELSE 'unknown' END AS outcome,
    CASE WHEN holds IS NOT FALSE THEN CAST(amount AS BIGINT) END AS claimed_fen
FROM (FROM a1 UNION ALL FROM a4 UNION ALL FROM a7 UNION ALL FROM a8 UNION ALL FROM b3 UNION ALL FROM d1 UNION ALL FROM e3 UNION ALL FROM f1);
