-- 名称: 半年新增高技能人才
-- 单位: 人
-- 公布: 13600, 2021-08, 报纸版面
-- 怎么算: 过完的半年里核发的三级和以上的证书,注销的不算;同一个人取得两本算两次
-- 规模: 同比
WITH half AS (
  SELECT
    make_date(
      year(day + INTERVAL 1 DAY), CASE WHEN month(day + INTERVAL 1 DAY) > 6 THEN 7 ELSE 1 END, 1
    ) AS ends -- 已经过完的半年之后的第一天
  FROM as_of
)
SELECT count(*) AS value
FROM certificate AS c, half
WHERE c.issued_on >= ends - INTERVAL 6 MONTH AND c.issued_on < ends
  AND c.level IN ('3', '2', '1')
  AND coalesce(c.valid, true)
