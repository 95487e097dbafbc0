"""Small stories, each a question that somebody will ask at the counter."""

from datetime import date

from jixiang.readings.select import Asked, Claim, Fall, Full, Outcome, Room, Standing, redecide, select

JANUARY = date(2020, 1, 31)
ONCE, TWICE = Asked("每年一次", "count", "甲", 1), Asked("每年两次", "count", "甲", 2)
SIX, TEN = Asked("限额", "money", "甲", 6), Asked("限额", "money", "甲", 10)


def exclusion(name: str) -> Asked:
    return Asked(name, "exclude", "甲")


def C(name: str, amount: int, event: int = 1, *places: Asked, **more) -> Claim:
    """A claim whose policy is the first letter of its name, and whose subject is the name."""
    return Claim(name[0], name, "", "", amount, event, places, **more)


def won(*claims: Claim, room: Room | None = None) -> dict[str, int]:
    return {claim.subject: fen for claim, fen in select(room or Room(), claims) if fen}


def runs(*facts: dict[Claim | str, Claim | bool | None]) -> list[Outcome]:
    """Run after run over what is known then, by name; a fact that is not named again is as before."""
    out, known, ends = Outcome({}, {}, {}, frozenset()), {}, []
    for run, news in enumerate(facts, 1):
        known |= news
        first = {name: (JANUARY, claim) for name, claim in known.items() if claim}
        standing = [Standing(g, known[g.claim.subject], first.get(g.claim.subject)) for g in out.grants.values()]
        stand = {grant.claim.subject for grant in out.grants.values()}
        out = redecide(standing, [hit for name, hit in first.items() if name not in stand], run=run)
        ends.append(out)
    return ends


def amounts(out: Outcome) -> dict[str, int]:
    return {grant.claim.subject: grant.amount for grant in out.grants.values()}


def names(things: dict) -> set[str]:
    return {key[1] for key in things}


# One line ----------------------------------------------------------------------------------------------------------


def test_of_three_that_exclude_each_other_in_a_ring_one_stands():
    pq, qr, rp = exclusion("PQ"), exclusion("QR"), exclusion("RP")
    assert won(C("P", 3, 1, pq, rp), C("Q", 4, 1, pq, qr), C("R", 5, 1, qr, rp)) == {"R": 5}


def test_the_middle_one_blocks_both_neighbours_though_they_are_worth_more_together():
    pq, qr = exclusion("PQ"), exclusion("QR")
    assert won(C("P", 4, 1, pq), C("Q", 5, 1, pq, qr), C("R", 4, 1, qr)) == {"Q": 5}


def test_who_loses_elsewhere_takes_no_slot_here():
    room, pq = Room(), exclusion("PQ")
    room.take(C("Q", 1, 0, pq), 1)
    assert won(C("P", 9, 1, ONCE, pq), C("R", 2, 1, ONCE), room=room) == {"R": 2}


def test_a_claim_stands_in_line_with_what_it_would_still_get():
    """A0 takes 5 of the cap's 6, so A1 could get 1 only: B1's 3 is more."""
    ab = exclusion("AB")
    assert won(C("A0", 5, 1, SIX), C("A1", 4, 1, SIX, ab), C("B1", 3, 1, ab)) == {"A0": 5, "B1": 3}


def test_the_rank_comes_before_day_and_amount():
    assert won(C("a", 9, 1, ONCE, rank=(2,)), C("b", 1, 9, ONCE, rank=(1,))) == {"b": 1}


def test_the_larger_comes_first_unless_the_earlier_does():
    assert won(C("a", 2, 1, ONCE), C("b", 3, 2, ONCE)) == {"b": 3}
    assert won(C("a", 2, 1, ONCE, early=True), C("b", 3, 2, ONCE, early=True)) == {"a": 2}


def test_among_equals_the_key_decides():
    assert won(C("b", 2, 1, ONCE), C("a", 2, 1, ONCE)) == {"a": 2}


def test_one_policy_may_grant_many_times_beside_an_exclusion():
    pq = exclusion("PQ")
    assert won(C("P1", 3, 1, pq), C("P2", 2, 1, pq), C("Q1", 1, 1, pq)) == {"P1": 3, "P2": 2}


def test_after_a_higher_level_comes_no_lower_one_but_after_a_lower_one_a_higher():
    high, low = Asked("先高后低", "ladder", "甲", level=3), Asked("先高后低", "ladder", "甲", level=1)
    assert won(C("a", 9, 1, high), C("b", 1, 2, low)) == {"a": 9}
    assert won(C("a", 9, 1, low), C("b", 1, 2, high)) == {"a": 9, "b": 1}
    assert won(C("a", 9, 1, high), C("b", 1, 2, high)) == {"a": 9, "b": 1}


def test_each_claim_is_bound_by_its_own_limit():
    assert won(C("a", 3, 1, TWICE), C("b", 2, 1, TWICE._replace(most=1)), C("c", 1, 1, TWICE)) == {"a": 3, "c": 1}


def test_a_month_already_held_takes_no_room():
    def month(name: str, amount: int, period: str) -> Claim:
        return Claim("P", name, period, "", amount, 1, (Asked("最多两个月", "months", "厂", 2),))

    a, b, c, d = month("a", 9, "2020-01"), month("b", 8, "2020-02"), month("c", 7, "2020-03"), month("d", 6, "2020-01")
    assert won(a, b, c, d) == {"a": 9, "b": 8, "d": 6}


def test_a_limit_of_nothing_grants_nothing():
    assert won(C("a", 3, 1, ONCE._replace(most=0)), C("b", 3, 1, SIX._replace(most=0))) == {}


# From run to run ---------------------------------------------------------------------------------------------------


def test_a_lower_cap_takes_nothing_back():
    lower = ONCE._replace(rule=TWICE.rule)
    _, now = runs(
        {"a": C("a", 3, 1, TWICE), "b": C("b", 2, 2, TWICE)},
        {"a": C("a", 3, 1, lower), "b": C("b", 2, 2, lower), "c": C("c", 9, 3, lower)},
    )
    assert names(now.grants) == {"a", "b"} and names(now.yielded) == {"c"}


def test_a_march_certificate_imported_in_july_waits_behind_mays_until_that_proves_forged():
    may, march = C("May", 3000, 5, ONCE), C("Mar", 5000, 3, ONCE)
    _, july, later = runs({"May": may}, {"Mar": march}, {"May": False})
    assert names(july.grants) == {"May"}
    assert july.yielded[march.id].because == (Full("每年一次", "甲", 1, (may.id,)),)
    assert names(later.grants) == {"Mar"} and later.fallen == {may.id: Fall.FAILS}


def test_with_top_up_march_gets_what_it_exceeds_may_by():
    top_up = ONCE._replace(top_up=True)
    _, july = runs({"May": C("May", 3000, 5, top_up)}, {"Mar": C("Mar", 5000, 3, top_up)})
    assert amounts(july) == {"May": 3000, "Mar": 2000}


def test_a_bystander_never_pays_for_another_ones_correction():
    y2020, y2021 = ONCE._replace(key="甲|2020"), ONCE._replace(key="甲|2021")
    a, b = C("a", 9, 1, y2020), C("b", 1, 1, y2021)
    _, now = runs({"a": a, "b": b}, {"a": C("a", 9, 1, y2021)})
    assert names(now.grants) == {"b"} and now.fallen == {a.id: Fall.NO_ROOM}


def test_who_moved_in_vain_stands_in_line_again_and_says_who_was_there():
    y2020, y2021 = ONCE._replace(key="甲|2020"), ONCE._replace(key="甲|2021")
    a, b = C("a", 9, 1, y2021), C("b", 1, 1, y2021)
    _, now = runs({"a": C("a", 9, 1, y2020), "b": b}, {"a": a})
    assert now.yielded[a.id].because == (Full("每年一次", "甲|2021", 1, (b.id,)),)


def test_freed_money_raises_the_cut_before_it_reaches_the_yielded():
    one, two = runs({"a": C("a", 8, 1, TEN), "b": C("b", 5, 2, TEN), "c": C("c", 4, 3, TEN)}, {"a": False})
    assert amounts(one) == {"a": 8, "b": 2} and names(one.yielded) == {"c"}
    assert amounts(two) == {"b": 5, "c": 4}


def test_what_has_become_unknown_is_held_and_keeps_its_place():
    a, b = C("a", 1, 1, ONCE), C("b", 9, 2, ONCE)
    _, now = runs({"a": a}, {"a": None, "b": b})
    assert names(now.grants) == {"a"} and now.on_hold == {a.id} and names(now.yielded) == {"b"}


def test_a_grant_that_no_longer_holds_in_march_but_does_in_may_moves_to_may():
    a, march, may = C("a", 5), date(2020, 3, 31), date(2020, 5, 31)
    one = redecide([], [(march, a)], run=1).grants[a.id]
    two = redecide([Standing(one, False, (may, a._replace(amount=4)))], [], run=2).grants[a.id]
    assert (two.decision_date, two.amount, two.turn) == (may, 4, one.turn)


def test_it_reads_a_newcomer_that_stands_only_if_its_grant_falls():
    a = C("a", 5, 1, ONCE)
    one = redecide([], [(JANUARY, a)], run=1)
    assert redecide([Standing(one.grants[a.id], a)], [(JANUARY, a)], run=2) == one


def test_turns_tell_the_order_of_acceptance_across_runs():
    one, two = runs({"a": C("a", 1), "b": C("b", 3)}, {"c": C("c", 9)})
    assert [g.claim.subject for g in sorted(two.grants.values(), key=lambda g: g.turn)] == ["b", "a", "c"]
    assert two.grants[C("b", 3).id] == one.grants[C("b", 3).id]
