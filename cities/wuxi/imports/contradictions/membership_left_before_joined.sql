-- 名称: 退会早于入会
-- 说明: 退会日期在入会日期之前,两个日期至少有一个错
-- 实体: 会籍
SELECT
  m.membership_id AS key,
  m.person_id AS subject,
  '入会 ' || m.joined_on || ',退会 ' || m.left_on AS what
FROM membership AS m
WHERE m.left_on < m.joined_on
