-- 名称: 一项成果有两名第一完成人
-- 说明: 同一项成果的第一完成人不止一名,荣誉只能授予其中一名
-- 实体: 创新成果
SELECT
  a.innovation_id AS key,
  min(a.person_id) AS subject,
  '第一完成人 ' || count(*) || ' 名' AS what
FROM innovation_author AS a
WHERE a.position = 1
GROUP BY a.innovation_id
HAVING count(*) > 1
