-- 名称: 一年的岗位练兵
-- 单位: 人次
-- 公布: 500000 以上, 2021-08, 报纸版面
-- 怎么算: 过完的最近一年里单位上报的参加人次相加
-- 规模: 同比
WITH last AS (
  SELECT year(day + INTERVAL 1 DAY) - 1 AS year FROM as_of -- 已经过完的最近一年
)
SELECT coalesce(sum(d.attended), 0) AS value
FROM drill AS d, last
WHERE year(d.held_on) = last.year
