-- What an import says of each key: once, whatever the number of rows that repeat it. `stated` (key, content, _row,
-- shared, superseded) has a row for each statement. `contested`: its rows do not say the same of the key.
CREATE OR REPLACE TEMP TABLE repeated AS
SELECT key FROM stated GROUP BY key HAVING count(*) > 1;

CREATE OR REPLACE TEMP TABLE said AS
SELECT key, content, _row, shared, superseded, false AS contested
FROM stated ANTI JOIN repeated USING (key)
UNION ALL
SELECT
    key,
    arg_min(content, _row) AS content,
    min(_row) AS _row,
    any_value(shared) AS shared,
    any_value(superseded) AS superseded,
    count(DISTINCT content) > 1 AS contested
FROM stated SEMI JOIN repeated USING (key)
GROUP BY key;
