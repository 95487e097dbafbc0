-- 名称: 聘任先结束后开始
-- 说明: 聘期的最后一天或解聘日期在聘任起之前,两个日期至少有一个错
-- 实体: 聘任
SELECT
  a.appointment_id AS key,
  a.person_id AS subject,
  '聘任起 ' || a.appointed_from || ',结束 ' || least(a.appointed_to, a.ended_on) AS what
FROM appointment AS a
WHERE least(a.appointed_to, a.ended_on) < a.appointed_from
