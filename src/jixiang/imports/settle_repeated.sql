-- Keys that several of the staged rows speak of, with the first of these rows. By hashes first: most keys come once.
CREATE OR REPLACE TEMP TABLE repeated AS
WITH alike AS (
    SELECT hash(_key) AS _hash FROM staged GROUP BY _hash HAVING count(*) > 1
)

SELECT _key, min(_row) AS _row, count(*) AS _times
FROM staged
WHERE hash(_key) IN (SELECT _hash FROM alike)
GROUP BY _key
HAVING count(*) > 1;
