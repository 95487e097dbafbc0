-- What becomes of each key that the import speaks of, and of those that it lacks. $day, $name: of this extract; $whole: what
-- it lacks is taken back, so what it repeats need not be said again. {same}: all columns of `one` and `other` are the same.
--
-- `_standing` is how the known version stands to ours: 'none', 'newer', 'same' (of the same extract, which may come in
-- several imports) or 'older'. Two sources of one day are in order of their names. Where an import of the same extract has
-- already taken back what it lacked, what it left was repeated by it: so that too is of the same extract.
--
-- 'lacking' is what is known from this source, what an older extract said, and what this one lacks although it speaks of all
-- such rows (`_claimed`). Not where a newer extract has spoken, nor a second time where the same comes in several imports.
--
-- `_verdict` is what the rows of the key hear, `_appends` what is written of it: 'row', 'retraction', or nothing.
CREATE OR REPLACE TEMP TABLE verdicts AS
WITH compared AS (
    SELECT
        coalesce(one._key, other._key) AS _key,
        one._row,
        one._contested,
        one._superseded,
        other.retracted AS _retracted,
        other._absent,
        other._name,
        {same} AS _same,
        CASE
            WHEN one._row IS NULL THEN 'alone'
            WHEN other._key IS NULL THEN 'none'
            WHEN other._day > $day OR (other._day = $day AND other._name > $name) THEN 'newer'
            WHEN other._day = $day AND other._name = $name THEN 'same'
            WHEN one._shared AND other._name = $name AND NOT other.retracted THEN 'same'
            ELSE 'older'
        END AS _standing
    FROM said AS one FULL JOIN known AS other ON one._key = other._key
    WHERE
        one._row IS NOT NULL
        OR (other._claimed AND NOT other._superseded AND NOT other._shared
            AND NOT other.retracted AND other._name = $name AND other._day < $day)
),

judged AS (
    SELECT
        *,
        CASE
            WHEN _standing = 'alone' THEN 'lacking'
            WHEN _contested THEN 'contested'
            WHEN _standing = 'newer' AND _same AND NOT _retracted AND NOT _superseded THEN 'unchanged'
            WHEN _superseded OR _standing = 'newer' THEN 'older'
            WHEN _standing = 'none' THEN 'new'
            WHEN _standing = 'same' AND _retracted AND NOT _absent THEN 'withheld'
            WHEN _retracted THEN 'new'
            WHEN _standing = 'same' AND _same THEN 'unchanged'
            WHEN _standing = 'same' THEN 'withheld'
            WHEN NOT _same THEN 'changed'
            WHEN $whole AND _name = $name THEN 'unchanged'
            ELSE 'confirmed'
        END AS _verdict
    FROM compared
)

SELECT
    _key,
    _row,
    _verdict,
    CASE
        WHEN _verdict IN ('new', 'changed', 'confirmed') THEN 'row'
        WHEN _verdict = 'lacking' THEN 'retraction'
        WHEN _verdict NOT IN ('contested', 'withheld') OR _superseded OR _standing = 'newer' THEN NULL
        WHEN _standing = 'same' AND _retracted AND NOT _absent THEN NULL
        ELSE 'retraction'
    END AS _appends
FROM judged;
