-- 名称: 市级竞赛已举办
-- 单位: 届
-- 公布: 14, 2021-08, 报纸版面
-- 怎么算: 决赛过的市级比赛里最大的届次
-- 规模: 不变
SELECT max(c.edition) AS value
FROM contest AS c, as_of
WHERE c.class = '6' AND c.final_on <= day
