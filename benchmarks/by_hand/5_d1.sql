-- D1 市职工职业技能大赛荣誉授予: one row an entry and honour; one row without an honour for an entry that gets none.
CREATE TEMP TABLE d1 AS
WITH judged AS (
    SELECT e.contest_entry_id, e.rank,
        -- considered, 适用日
        (e.role <> '3' AND c.class = '6' OR NULL) AND there(c.published_on)
        -- 前三名, 成绩合格, 资格有效
        AND e.rank IS NOT NULL AND e.rank BETWEEN 1 AND 3 AND e.score >= 60 AND NOT e.disqualified AS holds
    FROM contest_entry AS e
    LEFT JOIN contest AS c ON c.contest_id = e.contest_id
    WHERE (e.role <> '3' AND c.class = '6') IS NOT FALSE
        AND (c.published_on BETWEEN DATE '2008-01-01' AND getvariable('today')) IS NOT FALSE
)
SELECT 'D1' AS policy, contest_entry_id AS subject, '' AS period,
    unnest(CASE
        WHEN holds IS NOT TRUE THEN ['']
        WHEN rank = 1 THEN ['无锡市五一劳动奖章', '无锡市技术能手', '无锡市五一创新能手']
        ELSE ['无锡市技术能手', '无锡市五一创新能手']
    END) AS title, holds, 0 AS amount
FROM judged;
