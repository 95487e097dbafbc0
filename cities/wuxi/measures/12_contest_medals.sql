-- 名称: 竞赛授予的五一劳动奖章
-- 单位: 枚
-- 政策: D1
-- 怎么算: 市级竞赛荣誉的决定里享受无锡市五一劳动奖章的,从有竞赛结果起;有的第一名在五年里已经得过,不再授予
-- 规模: 不变
SELECT count(*) AS value
FROM decision AS d
JOIN contest_entry AS e ON e.contest_entry_id = d.subject
WHERE d.policy = 'D1' AND d.outcome = 'granted' AND d.title = '无锡市五一劳动奖章'
