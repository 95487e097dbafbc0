-- 名称: 到课天数比培训的日子多
-- 说明: 从开始到结束一共没有这么多天,到课天数或日期至少有一个错
-- 实体: 培训
SELECT
  t.training_id AS key,
  t.person_id AS subject,
  '开始 ' || t.started_on || ',结束 ' || t.ended_on || ',到课 ' || t.days || ' 天' AS what
FROM training AS t
WHERE t.days > date_diff('day', t.started_on, t.ended_on) + 1
  -- 先结束后开始的另有一条
  AND t.ended_on >= t.started_on
