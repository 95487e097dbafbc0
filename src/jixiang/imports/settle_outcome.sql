-- What the rows of the import hear: '' for a row whose statement counts. $live: list those too.
WITH heard AS (
    SELECT
        staged._row,
        CASE
            WHEN _verdict = 'contested' THEN 'row-conflict'
            WHEN _verdict = 'withheld' THEN 'row-withheld'
            WHEN _verdict = 'older' THEN 'row-older'
            WHEN staged._row > verdicts._row THEN 'row-duplicate'
            ELSE ''
        END AS _code
    FROM staged JOIN verdicts USING (_key)
)

SELECT _code, _row FROM heard WHERE _code <> '' OR $live;
