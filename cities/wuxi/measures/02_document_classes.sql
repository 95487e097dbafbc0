-- 名称: 政策文件的类别
-- 单位: 类
-- 公布: 6, 2021-08, 报纸版面
-- 怎么算: 这些文件写明的类别有几种
-- 规模: 不变
SELECT count(DISTINCT d.class) AS value
FROM document AS d, as_of
WHERE d.kind IN ('政策', '办法') AND d.in_force_from <= day
