-- What an import says of each key: once, whatever the number of rows that repeat it. `staged` has a row for each statement;
-- `_contested`: its rows do not say the same of the key. {same}: all columns of `one` and `other` are.
CREATE OR REPLACE TEMP TABLE spoken AS
WITH beginning AS (
    SELECT DISTINCT ON (_key) staged.* FROM staged JOIN repeated USING (_key, _row)
),

agreed AS (
    SELECT _key, bool_and({same}) AS _same
    FROM staged AS one JOIN beginning AS other USING (_key)
    GROUP BY _key
)

SELECT beginning.*, NOT _same AS _contested
FROM beginning JOIN agreed USING (_key);

CREATE OR REPLACE TEMP VIEW said AS
SELECT *, false AS _contested FROM staged ANTI JOIN repeated USING (_key)
UNION ALL
SELECT * FROM spoken;
