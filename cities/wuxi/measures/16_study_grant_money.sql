-- 名称: 两年的求学圆梦补助
-- 单位: 元
-- 公布: 1428500, 2021-08, 报纸版面
-- 政策: F1
-- 怎么算: 这些决定的金额相加
-- 规模: 同比
WITH years AS (
  SELECT year(day + INTERVAL 1 DAY) - 2 AS first, year(day + INTERVAL 1 DAY) - 1 AS last FROM as_of -- 已经过完的两年
)
SELECT coalesce(sum(d.amount_fen), 0) AS value
FROM decision AS d, years
WHERE d.policy = 'F1' AND d.outcome = 'granted' AND year(d.effective_date) BETWEEN years.first AND years.last
