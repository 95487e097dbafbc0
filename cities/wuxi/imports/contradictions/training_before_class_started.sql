-- 名称: 开班以前就开始培训
-- 说明: 学员的开始日期在班级的开班日期之前。可能是花名册的班级编号填错,也可能是备案的开班日期没有更新
-- 实体: 培训
SELECT
  t.training_id AS key,
  t.person_id AS subject,
  '开始 ' || t.started_on || ',开班 ' || c.started_on AS what
FROM training AS t
JOIN training_class AS c ON c.training_class_id = t.training_class_id
WHERE t.started_on < c.started_on
