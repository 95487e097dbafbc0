-- 名称: 培训先结束后开始
-- 说明: 结束日期在开始日期之前,两个日期至少有一个错
-- 实体: 培训
SELECT
  t.training_id AS key,
  t.person_id AS subject,
  '开始 ' || t.started_on || ',结束 ' || t.ended_on AS what
FROM training AS t
WHERE t.ended_on < t.started_on
