-- Everybody who is granted anything on either side: what all of it comes to, before and after. A claim whose beneficiary is
-- another one now counts with each.
SELECT
    entity,
    beneficiary,
    COUNT(*) FILTER (WHERE side = 'before') AS count_before,
    COUNT(*) FILTER (WHERE side = 'after') AS count_after,
    COALESCE(SUM(fen) FILTER (WHERE side = 'before'), 0) AS fen_before,
    COALESCE(SUM(fen) FILTER (WHERE side = 'after'), 0) AS fen_after
FROM grants
GROUP BY entity, beneficiary
