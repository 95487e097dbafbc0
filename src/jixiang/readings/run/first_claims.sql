-- Where a standing grant that must move finds no room, it stands in line as of the first date on which it holds: that
-- claim, where its date is another than the one it is judged on.
SELECT v.policy, v.subject, v.period, v.title, v.day, v.amount, v.event, v.rank, v.fund, v.asked, v.amount AS wants
FROM picks AS p
JOIN verdicts AS v
    ON v.policy = p.policy AND v.subject = p.subject AND v.period = p.period AND v.title = p.title
    AND v.day = p.first_day
WHERE p.state = 'kept' AND p.first_day <> p.day
