-- 名称: 竞赛授予的技术能手和创新能手
-- 单位: 个
-- 政策: D1
-- 怎么算: 市级竞赛荣誉的决定里享受这两种称号的,从有竞赛结果起,同一称号一人一次
-- 规模: 不变
SELECT count(*) AS value
FROM decision AS d
WHERE d.policy = 'D1' AND d.outcome = 'granted' AND d.title IN ('无锡市技术能手', '无锡市五一创新能手')
