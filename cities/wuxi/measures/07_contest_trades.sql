-- 名称: 一年的市级竞赛工种
-- 单位: 个
-- 公布: 30 以上, 2021-08, 报纸版面
-- 怎么算: 过完的最近一年里决赛的市级比赛,一个工种一场
-- 规模: 不变
WITH last AS (
  SELECT year(day + INTERVAL 1 DAY) - 1 AS year FROM as_of -- 已经过完的最近一年
)
SELECT count(*) AS value
FROM contest AS c, last
WHERE c.class = '6' AND year(c.final_on) = last.year
