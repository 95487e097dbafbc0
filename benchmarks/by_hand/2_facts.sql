-- The facts as known on the day of the run: of the versions of a row the newest recorded by then, unless it takes the row back.
--
-- raw_<table> holds every version. Where a table is large, first_<table> is its first load, in which no key occurs twice (the
-- files say so), and later_<table> the few versions that came after it: only the keys in there need to be put in order.
-- Each view holds just the columns that some policy reads; each is read once, except where it is made a table.

CREATE VIEW person AS
WITH again AS (SELECT DISTINCT person_id FROM later_person WHERE known_by_then(recorded_at))
SELECT person_id, sex, birth_date, household_kind, veteran
FROM first_person ANTI JOIN again USING (person_id)
WHERE known_by_then(recorded_at) AND retracted IS NOT TRUE
UNION ALL
SELECT person_id, sex, birth_date, household_kind, veteran
FROM (
    FROM raw_person SEMI JOIN again USING (person_id)
    WHERE known_by_then(recorded_at)
    QUALIFY row_number() OVER (PARTITION BY person_id ORDER BY recorded_at DESC, source_row DESC, source DESC) = 1
)
WHERE retracted IS NOT TRUE;

CREATE VIEW education AS
WITH again AS (SELECT DISTINCT education_id FROM later_education WHERE known_by_then(recorded_at))
SELECT person_id, level, graduated_on
FROM first_education ANTI JOIN again USING (education_id)
WHERE known_by_then(recorded_at) AND retracted IS NOT TRUE
UNION ALL
SELECT person_id, level, graduated_on
FROM (
    FROM raw_education SEMI JOIN again USING (education_id)
    WHERE known_by_then(recorded_at)
    QUALIFY row_number() OVER (PARTITION BY education_id ORDER BY recorded_at DESC, source_row DESC, source DESC) = 1
)
WHERE retracted IS NOT TRUE;

CREATE TEMP TABLE employment AS
WITH again AS (SELECT DISTINCT employment_id FROM later_employment WHERE known_by_then(recorded_at))
SELECT employment_id, person_id, employer_id, hired_on, left_on, insured_from
FROM first_employment ANTI JOIN again USING (employment_id)
WHERE known_by_then(recorded_at) AND retracted IS NOT TRUE
UNION ALL
SELECT employment_id, person_id, employer_id, hired_on, left_on, insured_from
FROM (
    FROM raw_employment SEMI JOIN again USING (employment_id)
    WHERE known_by_then(recorded_at)
    QUALIFY row_number() OVER (PARTITION BY employment_id ORDER BY recorded_at DESC, source_row DESC, source DESC) = 1
)
WHERE retracted IS NOT TRUE;

CREATE VIEW headcount AS
WITH again AS (SELECT DISTINCT headcount_id FROM later_headcount WHERE known_by_then(recorded_at))
SELECT employer_id, month, insured_count
FROM first_headcount ANTI JOIN again USING (headcount_id)
WHERE known_by_then(recorded_at) AND retracted IS NOT TRUE
UNION ALL
SELECT employer_id, month, insured_count
FROM (
    FROM raw_headcount SEMI JOIN again USING (headcount_id)
    WHERE known_by_then(recorded_at)
    QUALIFY row_number() OVER (PARTITION BY headcount_id ORDER BY recorded_at DESC, source_row DESC, source DESC) = 1
)
WHERE retracted IS NOT TRUE;

CREATE VIEW departure AS
SELECT employer_id, departed_on, reason
FROM (
    FROM raw_departure
    WHERE known_by_then(recorded_at)
    QUALIFY row_number() OVER (PARTITION BY departure_id ORDER BY recorded_at DESC, source_row DESC, source DESC) = 1
)
WHERE retracted IS NOT TRUE;

CREATE VIEW unemployment AS
SELECT person_id, registered_on, cancelled_on
FROM (
    FROM raw_unemployment
    WHERE known_by_then(recorded_at)
    QUALIFY row_number() OVER (PARTITION BY unemployment_id ORDER BY recorded_at DESC, source_row DESC, source DESC) = 1
)
WHERE retracted IS NOT TRUE;

CREATE VIEW hardship AS
SELECT person_id, category, recognised_on, ended_on
FROM (
    FROM raw_hardship
    WHERE known_by_then(recorded_at)
    QUALIFY row_number() OVER (PARTITION BY hardship_id ORDER BY recorded_at DESC, source_row DESC, source DESC) = 1
)
WHERE retracted IS NOT TRUE;

CREATE VIEW membership AS
SELECT person_id, joined_on, left_on
FROM (
    FROM raw_membership
    WHERE known_by_then(recorded_at)
    QUALIFY row_number() OVER (PARTITION BY membership_id ORDER BY recorded_at DESC, source_row DESC, source DESC) = 1
)
WHERE retracted IS NOT TRUE;

CREATE TEMP TABLE employer AS
SELECT employer_id, employer_kind, legal_person_id
FROM (
    FROM raw_employer
    WHERE known_by_then(recorded_at)
    QUALIFY row_number() OVER (PARTITION BY employer_id ORDER BY recorded_at DESC, source_row DESC, source DESC) = 1
)
WHERE retracted IS NOT TRUE;

-- Employers that stand on the list on the day of the run, first and last day included.
CREATE TEMP TABLE blacklisted AS
SELECT employer_id, any_of(getvariable('today') BETWEEN listed_on AND open_end(removed_on)) AS listed
FROM (
    FROM raw_blacklisting
    WHERE known_by_then(recorded_at)
    QUALIFY row_number() OVER (PARTITION BY blacklisting_id ORDER BY recorded_at DESC, source_row DESC, source DESC) = 1
)
WHERE retracted IS NOT TRUE
GROUP BY employer_id;

CREATE TEMP TABLE training AS
SELECT training_id, person_id, employer_id, provider_id, mode, course, occupation, level, enrolled_on, started_on, ended_on,
    free, certificate_id
FROM (
    FROM raw_training
    WHERE known_by_then(recorded_at)
    QUALIFY row_number() OVER (PARTITION BY training_id ORDER BY recorded_at DESC, source_row DESC, source DESC) = 1
)
WHERE retracted IS NOT TRUE;

CREATE TEMP TABLE certificate AS
SELECT certificate_id, person_id, occupation, level, issued_on, obtained_by, valid
FROM (
    FROM raw_certificate
    WHERE known_by_then(recorded_at)
    QUALIFY row_number() OVER (PARTITION BY certificate_id ORDER BY recorded_at DESC, source_row DESC, source DESC) = 1
)
WHERE retracted IS NOT TRUE;

CREATE TEMP TABLE enrolment AS
SELECT enrolment_id, person_id, level, enrolled_on, verification
FROM (
    FROM raw_enrolment
    WHERE known_by_then(recorded_at)
    QUALIFY row_number() OVER (PARTITION BY enrolment_id ORDER BY recorded_at DESC, source_row DESC, source DESC) = 1
)
WHERE retracted IS NOT TRUE;

CREATE VIEW online_study AS
SELECT online_study_id, person_id, employer_id, course, completed_on, effective_hours, score, face_check
FROM (
    FROM raw_online_study
    WHERE known_by_then(recorded_at)
    QUALIFY row_number() OVER (PARTITION BY online_study_id ORDER BY recorded_at DESC, source_row DESC, source DESC) = 1
)
WHERE retracted IS NOT TRUE;

CREATE VIEW apprenticeship AS
SELECT apprenticeship_id, person_id, employer_id, occupation, target_level, filed_on, contract_from, contract_to, started_on,
    planned_end_on, ended_on
FROM (
    FROM raw_apprenticeship
    WHERE known_by_then(recorded_at)
    QUALIFY row_number() OVER (PARTITION BY apprenticeship_id ORDER BY recorded_at DESC, source_row DESC, source DESC) = 1
)
WHERE retracted IS NOT TRUE;

CREATE VIEW contest AS
SELECT contest_id, class, published_on
FROM (
    FROM raw_contest
    WHERE known_by_then(recorded_at)
    QUALIFY row_number() OVER (PARTITION BY contest_id ORDER BY recorded_at DESC, source_row DESC, source DESC) = 1
)
WHERE retracted IS NOT TRUE;

CREATE VIEW contest_entry AS
SELECT contest_entry_id, person_id, contest_id, role, rank, score, disqualified
FROM (
    FROM raw_contest_entry
    WHERE known_by_then(recorded_at)
    QUALIFY row_number() OVER (PARTITION BY contest_entry_id ORDER BY recorded_at DESC, source_row DESC, source DESC) = 1
)
WHERE retracted IS NOT TRUE;

-- What changes with time: rows from a day to a day. On a day speaks, of those in force, the one that began last; the rows of one
-- owner do not overlap except by one that was closed late, so the last one begun by that day is the one to ask (ASOF).

CREATE TEMP TABLE employer_industry AS
SELECT employer_id, valid_from, open_end(valid_to) AS valid_to, industry
FROM (
    FROM raw_employer_industry
    WHERE known_by_then(recorded_at)
    QUALIFY row_number() OVER (PARTITION BY employer_id, valid_from ORDER BY recorded_at DESC, source_row DESC, source DESC) = 1
)
WHERE retracted IS NOT TRUE;

CREATE TEMP TABLE employer_size AS
SELECT employer_id, valid_from, open_end(valid_to) AS valid_to, size
FROM (
    FROM raw_employer_size
    WHERE known_by_then(recorded_at)
    QUALIFY row_number() OVER (PARTITION BY employer_id, valid_from ORDER BY recorded_at DESC, source_row DESC, source DESC) = 1
)
WHERE retracted IS NOT TRUE;

CREATE TEMP TABLE employer_insured_count AS
SELECT employer_id, valid_from, open_end(valid_to) AS valid_to, insured_count
FROM (
    FROM raw_employer_insured_count
    WHERE known_by_then(recorded_at)
    QUALIFY row_number() OVER (PARTITION BY employer_id, valid_from ORDER BY recorded_at DESC, source_row DESC, source DESC) = 1
)
WHERE retracted IS NOT TRUE;

CREATE TEMP TABLE city_reserve_months AS
SELECT valid_from, open_end(valid_to) AS valid_to, reserve_months
FROM (
    FROM raw_city_reserve_months
    WHERE known_by_then(recorded_at)
    QUALIFY row_number() OVER (PARTITION BY city_id, valid_from ORDER BY recorded_at DESC, source_row DESC, source DESC) = 1
)
WHERE retracted IS NOT TRUE;
