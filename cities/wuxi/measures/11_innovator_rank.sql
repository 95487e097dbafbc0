-- 名称: 竞赛授予创新能手到第几名
-- 单位: 名
-- 公布: 3, 2021-08, 报纸版面
-- 政策: D1
-- 怎么算: 市级竞赛荣誉的决定里,授予无锡市五一创新能手的最后一名
-- 规模: 不变
SELECT max(e.rank) AS value
FROM decision AS d
JOIN contest_entry AS e ON e.contest_entry_id = d.subject
WHERE d.policy = 'D1' AND d.outcome = 'granted' AND d.title = '无锡市五一创新能手'
