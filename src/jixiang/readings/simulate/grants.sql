-- What each side grants, one row a side and claim, with the fund that pays it and who kinds of rows its beneficiaries are.
--
-- policies: side, policy, label, fund, entity; a label '' for grants whose own text is no longer at hand.
WITH both_sides AS (
    SELECT 'before' AS side, policy, label_before AS label, beneficiary_before AS beneficiary,
        effective_date_before AS effective_date, decision_date_before AS decision_date, fen_before AS fen, change
    FROM changes
    WHERE granted_before
    UNION ALL
    SELECT 'after' AS side, policy, label_after AS label, beneficiary_after AS beneficiary,
        effective_date_after AS effective_date, decision_date_after AS decision_date, fen_after AS fen, change
    FROM changes
    WHERE granted_after
)
SELECT
    g.*,
    COALESCE(p.fund, o.fund, '') AS fund,
    COALESCE(p.entity, o.entity, '') AS entity,
    STRFTIME(g.effective_date, '%Y-%m') AS effective_month,
    STRFTIME(g.decision_date, '%Y-%m') AS decision_month
FROM both_sides AS g
LEFT JOIN policies AS p ON p.side = g.side AND p.policy = g.policy AND p.label = g.label
LEFT JOIN policies AS o ON o.side = g.side AND o.policy = g.policy AND o.label = ''
