-- 名称: 获奖章的第一建议人(金点子)
-- 单位: 人
-- 公布: 10, 2021-08, 报纸版面
-- 政策: D4
-- 怎么算: 最近一届“金点子”前十名里,职工创新荣誉的决定是享受无锡市五一劳动奖章的人;五年里已经得过的让位,不算
-- 规模: 不变
WITH newest AS (
  SELECT max(i.edition) AS edition FROM innovation AS i, as_of WHERE i.published_on <= day
)
SELECT count(DISTINCT d.beneficiary) AS value
FROM decision AS d
JOIN innovation_author AS a ON a.innovation_author_id = d.subject
JOIN innovation AS i ON i.innovation_id = a.innovation_id
JOIN newest ON newest.edition = i.edition
WHERE d.policy = 'D4' AND d.outcome = 'granted' AND d.title = '无锡市五一劳动奖章' AND i.category = '4'
