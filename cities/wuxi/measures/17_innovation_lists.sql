-- 名称: 职工创新评选的十佳榜单
-- 单位: 个
-- 公布: 4, 2021-08, 报纸版面
-- 怎么算: 最近一届里正好有十项成果进入前十名的类别有几种
-- 规模: 不变
WITH newest AS (
  SELECT max(i.edition) AS edition FROM innovation AS i, as_of WHERE i.published_on <= day
),
list AS (
  SELECT i.category
  FROM innovation AS i, newest
  WHERE i.edition = newest.edition AND i.rank BETWEEN 1 AND 10
  GROUP BY i.category
  HAVING count(*) = 10
)
SELECT count(*) AS value FROM list
