-- A4 企业新型学徒制培训补贴: one row an apprenticeship begun since October 2018.
CREATE TEMP TABLE a4 AS
WITH months AS (
    SELECT *, datesub('month', started_on, planned_end_on + 1) AS planned,
        datesub('month', started_on, coalesce(ended_on, planned_end_on) + 1) AS had
    FROM apprenticeship
    WHERE (started_on BETWEEN DATE '2018-10-01' AND getvariable('today')) IS NOT FALSE
),
priced AS (
    SELECT *,
        CASE
            WHEN target_level = '4' THEN 500000
            WHEN target_level = '3' THEN 600000
            WHEN target_level = '2' AND started_on >= DATE '2021-06-01' THEN 800000
        END * CASE WHEN planned IS NOT NULL AND had IS NOT NULL THEN least(planned, had) END AS twelvefold
    FROM months
),
judged AS (
    SELECT a.*, (twelvefold * 2 + 12) // 24 AS amount,
        -- 适用日
        there(started_on)
        -- 企业举办
        AND e.employer_kind = '10'
        -- 合同满一年: the last day counts; no last day means no end
        AND contract_from + INTERVAL 12 MONTH <= day_after(open_end(contract_to))
        -- 先备案
        AND filed_on <= started_on
        -- 学制
        AND planned BETWEEN 12 AND 36
        -- 目标可培养
        AND CASE WHEN started_on IS NOT NULL
            THEN target_level IN ('4', '3') OR target_level = '2' AND started_on >= DATE '2021-06-01' END
        -- 金额, and the keys of 同职业同等级一次 and 同等级一次
        AND amount <> 0 AND there(occupation) AND there(target_level) AS holds
    FROM priced AS a
    LEFT JOIN employer AS e ON e.employer_id = a.employer_id
)
SELECT 'A4' AS policy, apprenticeship_id AS subject, '' AS period, '' AS title, holds, amount
FROM judged;
