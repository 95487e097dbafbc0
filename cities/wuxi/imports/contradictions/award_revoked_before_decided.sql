-- 名称: 称号没有授予就撤销
-- 说明: 撤销日期在决定日期之前,两个日期至少有一个错
-- 实体: 人才评选
SELECT
  a.talent_title_id AS key,
  a.person_id AS subject,
  '决定 ' || a.decided_on || ',撤销 ' || a.revoked_on AS what
FROM talent_title AS a
WHERE a.revoked_on < a.decided_on
