-- Words that the policies below are written in. Variables that the caller sets: today (DATE), known_until (TIMESTAMP),
-- covered_month (INTEGER, yyyymm: contributions and headcounts are complete up to it).
--
-- A month is counted from January 2019, which is 0; a set of months is a BIGINT with one bit a month, so that "in that month",
-- "how many" and "six in a row" are integer arithmetic. Three values need no help: SQL's AND, OR and comparisons are Kleene's.

CREATE MACRO known_by_then(recorded_at) AS recorded_at <= getvariable('known_until');

CREATE MACRO month_no(d) AS (year(d) - 2019) * 12 + month(d) - 1;
CREATE MACRO stored_month_no(yyyymm) AS (yyyymm // 100 - 2019) * 12 + yyyymm % 100 - 1;
CREATE MACRO month_start(n) AS make_date(2019 + n // 12, n % 12 + 1, 1);
CREATE MACRO month_end(n) AS last_day(month_start(n));

-- The set of all months up to one, and the set from one to another; months before 2019 have no bit.
CREATE MACRO months_to(n) AS (1::BIGINT << greatest(0, least(n + 1, 62))) - 1;
CREATE MACRO months_between(a, b) AS CASE WHEN b >= a THEN months_to(b) & ~months_to(a - 1) ELSE 0::BIGINT END;
CREATE MACRO has_month(months, n) AS CASE WHEN n BETWEEN 0 AND 61 THEN (months >> n) & 1 = 1 WHEN n IS NOT NULL THEN FALSE END;

-- May a contribution of this month exist that the extract does not hold yet?
CREATE MACRO not_covered(n) AS n > stored_month_no(getvariable('covered_month')) AND n <= month_no(getvariable('today'));

-- Six consecutive months in a set: runs of two, of four, of six.
CREATE MACRO runs_2(m) AS m & (m >> 1);
CREATE MACRO runs_4(m) AS runs_2(m) & (runs_2(m) >> 2);
CREATE MACRO six_in_a_row(m) AS runs_4(m) & (runs_4(m) >> 2) <> 0;

-- Is there a row for which a condition holds? Unknown if it is unknown for some and true for none.
CREATE MACRO any_of(condition) AS CASE WHEN bool_or(condition) THEN TRUE WHEN bool_or(condition IS NULL) THEN NULL ELSE FALSE END;

-- True where there is a value, unknown where there is none: what a key, an amount or a beneficiary must be.
CREATE MACRO there(x) AS CASE WHEN x IS NOT NULL THEN TRUE END;

CREATE MACRO open_end(d) AS coalesce(d, DATE '9999-12-31');
CREATE MACRO day_after(d) AS CASE WHEN d = DATE '9999-12-31' THEN d ELSE d + 1 END;
