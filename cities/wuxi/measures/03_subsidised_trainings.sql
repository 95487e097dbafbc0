-- 名称: 半年补贴性培训
-- 单位: 人次
-- 公布: 700600, 2021-08, 报纸版面
-- 怎么算: 过完的半年里开始的线下培训和完成的线上课程,一人一次算一人次
-- 规模: 同比
WITH half AS (
  SELECT
    make_date(
      year(day + INTERVAL 1 DAY), CASE WHEN month(day + INTERVAL 1 DAY) > 6 THEN 7 ELSE 1 END, 1
    ) AS ends -- 已经过完的半年之后的第一天
  FROM as_of
)
SELECT
  (SELECT count(*) FROM training AS t, half WHERE t.started_on >= ends - INTERVAL 6 MONTH AND t.started_on < ends)
  + (
    SELECT count(*) FROM online_study AS o, half
    WHERE o.completed_on >= ends - INTERVAL 6 MONTH AND o.completed_on < ends
  ) AS value
