-- 名称: 政策文件
-- 单位: 个
-- 公布: 27, 2021-08, 报纸版面
-- 怎么算: 有类别、已经施行的政策和办法,几个版本算一个
-- 规模: 不变
SELECT count(DISTINCT d.code) AS value
FROM document AS d, as_of
WHERE d.class IS NOT NULL AND d.kind IN ('政策', '办法') AND d.in_force_from <= day
