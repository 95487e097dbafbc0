-- 名称: 培训项目先结束后开始
-- 说明: 约定的最后一天在开始日期之前,两个日期至少有一个错
-- 实体: 培训项目
SELECT
  p.training_project_id AS key,
  p.provider_id AS subject,
  '开始 ' || p.started_on || ',结束 ' || p.ended_on AS what
FROM training_project AS p
WHERE p.ended_on < p.started_on
