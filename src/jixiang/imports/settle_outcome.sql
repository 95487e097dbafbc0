-- What the rows of the import hear: '' for a row whose statement counts. $live: list those too.
WITH heard AS (
    SELECT
        stated._row,
        CASE
            WHEN verdict = 'contested' THEN 'row-conflict'
            WHEN verdict = 'withheld' THEN 'row-withheld'
            WHEN verdict = 'older' THEN 'row-older'
            WHEN stated._row > verdicts._row THEN 'row-duplicate'
            ELSE ''
        END AS code
    FROM stated JOIN verdicts USING (key)
)

SELECT code, _row FROM heard WHERE code <> '' OR $live;
