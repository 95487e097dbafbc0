-- 名称: 两年的求学圆梦补助惠及
-- 单位: 人
-- 公布: 2857, 2021-08, 报纸版面
-- 政策: F1
-- 怎么算: 过完的两年里入学、决定是享受的学员,一人算一次
-- 规模: 同比
WITH years AS (
  SELECT year(day + INTERVAL 1 DAY) - 2 AS first, year(day + INTERVAL 1 DAY) - 1 AS last FROM as_of -- 已经过完的两年
)
SELECT count(DISTINCT d.beneficiary) AS value
FROM decision AS d, years
WHERE d.policy = 'F1' AND d.outcome = 'granted' AND year(d.effective_date) BETWEEN years.first AND years.last
