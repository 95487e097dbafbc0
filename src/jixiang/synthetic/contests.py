"""Contests: the city's own, a final a trade and year, and the higher ones that the city sends teams to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jixiang.synthetic.columns import Drawn, codes_of, words
from jixiang.synthetic.days import NONE, Column, day
from jixiang.synthetic.draws import Stream, between, chance, sample
from jixiang.synthetic.town import Town
from jixiang.synthetic.work import Spells

YEARS = (2019, 2020, 2021)
TRIES = 12  # jobs looked at for each player wanted: about four in ten last on a given day
WORKERS_A_TRADE = 100  # a small city holds fewer contests


@dataclass(frozen=True)
class Contests:
    """Columns of the two tables; `drawn`: who was to take part before winners went on to higher contests."""

    contests: dict[str, Column]
    names: list[str]
    entries: dict[str, Column]
    teams: list[str]
    drawn: Column


def draw_contests(town: Town, spells: Spells) -> Contests:
    """Finals in late spring and autumn; results some weeks later."""
    drawn = _Drawing(town, spells)
    workers = int(spells.during(day(2020, 6, 1), day(2020, 6, 1)).sum())
    trades = int(np.clip(workers // WORKERS_A_TRADE, 2, int(town.figures["contests.trades"])))
    finalists = int(np.clip(round(town.figures.number("contests.finalists") * np.sqrt(town.scale)), 6, 1000))
    for edition, year in town.figures["contests.editions"]:
        drawn.city_finals(int(edition), int(year), trades, finalists)
    for year in YEARS:
        for level, events, teams, size in town.figures["contests.higher"]:
            drawn.higher(
                str(level), year, min(int(events), trades), max(1, round(teams * np.sqrt(town.scale))), int(size)
            )
    people = np.unique(np.concatenate([entry["person_id"] for entry in drawn.entries]))
    drawn.go_on()
    return drawn.result(people)


class _Drawing:
    """Gathers contests and entries one contest at a time: there are some hundred of them at any scale."""

    def __init__(self, town: Town, spells: Spells) -> None:
        self.town, self.spells, self.rng = town, spells, town.rng("contests")
        self.contests: list[tuple[int, int, int, int, int]] = []  # edition, class, occupation, final, published
        self.names: list[str] = []
        self.entries: list[dict[str, Column]] = []
        self.teams: list[str] = []
        self.winners: dict[int, Column] = {}
        weights = town.figures.share("occupations.weights")
        ranked = sorted(weights, key=lambda code: (-weights[code], code))
        self.occupations = town.codes("contest", "occupation", ranked)

    def city_finals(self, edition: int, year: int, trades: int, finalists: int) -> None:
        town, rng = self.town, self.rng
        roles = town.figures["contests.roles"]
        player = town.code("contest_entry", "role", roles["player"])
        for n in range(trades):
            final = int(between(rng, day(year, 4, 20), day(year, 10, 20), 1)[0])
            number = self._contest(year, edition, town.figures["contests.class"], n, final, 14)
            person = self._players(final, finalists)
            old = self.winners.get(n, person[:0])
            returning = old[chance(rng, town.figures.number("contests.champion_returns"), len(old))]
            person = np.concatenate([returning, person[~np.isin(person, returning)]])[: len(person)]
            self.winners[n] = person[:3]
            self._entries(number, person, np.full(len(person), player), _scores(rng, len(person)))

    def higher(self, level: str, year: int, events: int, teams: int, size: int) -> None:
        """Teams of a captain, players and a coach; ranks among all teams of the contest, not only ours."""
        town, rng = self.town, self.rng
        roles = {
            name: town.code("contest_entry", "role", code) for name, code in town.figures["contests.roles"].items()
        }
        for n in range(events):
            final = int(between(rng, day(year, 5, 10), day(year, 11, 20), 1)[0])
            number = self._contest(year, year - 2000, level, n, final, 20)
            places = np.sort(rng.permutation(3 * teams + 3)[:teams] + 1)
            for place in places:
                person = self._players(final, size + 1)
                role = np.full(len(person), roles["player"])
                role[0] = roles["captain"] if size > 1 else roles["player"]
                role[-1] = roles["coach"]
                self.teams.append(f"第{len(self.teams) + 1}队" if size > 1 else "")
                score = np.full(len(person), max(40, 98 - 3 * int(place)))
                self._entries(number, person, role, (np.full(len(person), place), score), team=len(self.teams) - 1)

    def _contest(self, year: int, edition: int, level: str, trade: int, final: int, wait: int) -> int:
        """Contests of one year and trade are one event, from the city's up to the nation's."""
        occupation = int(self.occupations[trade % len(self.occupations)])
        code = codes_of(self.town.vocabulary, "contest", "occupation").codes[occupation]
        again = "" if trade < len(self.occupations) else f" {trade // len(self.occupations) + 1}"
        name = str(self.town.figures["contests.event"]).format(year=year, trade=code.name) + again
        published = final + int(between(self.rng, 3, wait, 1)[0])
        self.contests.append((edition, self.town.code("contest", "class", level), occupation, final, published))
        self.names.append(name)
        return len(self.contests) - 1

    def _players(self, final: int, count: int) -> Column:
        """That many different people at work on the day, or fewer; by trial, so that no draw looks at the whole city."""
        spells = self.spells
        tried = between(self.rng, 0, len(spells) - 1, TRIES * count)
        at_work = spells.of(tried).during(final, final)
        person = spells.person[tried[at_work]]
        _, firsts = np.unique(person, return_index=True)
        return person[np.sort(firsts)][:count]

    def _entries(
        self, contest: int, person: Column, role: Column, result: tuple[Column, Column], team: int = NONE
    ) -> None:
        rank, score = result
        count = len(person)
        in_team = team != NONE
        self.entries.append(
            {
                "person_id": person,
                "contest_id": np.full(count, contest),
                "role": role,
                "team": np.full(count, team),
                "team_order": np.arange(1, count + 1) if in_team else np.full(count, NONE),
                "rank": np.where(chance(self.rng, 0.03, count) & (rank > 3), NONE, rank),
                "score": score,
                "disqualified": chance(self.rng, 0.006, count),
            }
        )

    def go_on(self) -> None:
        """Winners of a contest stand in a higher one of the same event that is held later, by chance."""
        rng, rate = self.town.rng("contests", "winners"), self.town.figures.number("contests.go_on")
        city = self.town.code("contest", "class", self.town.figures["contests.class"])
        coach = self.town.code("contest_entry", "role", self.town.figures["contests.roles"]["coach"])
        winners: dict[str, list[tuple[int, Column]]] = {}  # event → day of the result, who won
        for entry in sorted(self.entries, key=lambda entry: self.contests[int(entry["contest_id"][0])][3]):
            number = int(entry["contest_id"][0])
            _, level, _, final, published = self.contests[number]
            known = winners.setdefault(self.names[number], [])
            earlier = [person for day_known, person in known if day_known < final]
            if earlier and level != city and rng.random() < rate:
                taking_part = [other["person_id"] for other in self.entries if other["contest_id"][0] == number]
                free = np.setdiff1d(np.concatenate(earlier), np.concatenate(taking_part))
                entry["person_id"][:1] = sample(rng, free, 1) if len(free) else entry["person_id"][:1]
            known.append((published, entry["person_id"][(entry["rank"] <= 3) & (entry["role"] != coach)]))

    def result(self, drawn: Column) -> Contests:
        edition, level, occupation, final, published = (
            np.array(column, dtype=np.int32) for column in zip(*self.contests, strict=True)
        )
        contests = {
            "edition": edition,
            "class": level,
            "occupation": occupation,
            "final_on": final,
            "published_on": published,
        }
        entries = {
            name: np.concatenate([entry[name] for entry in self.entries]).astype(np.int32) for name in self.entries[0]
        }
        return Contests(contests, self.names, entries, self.teams, drawn)


def _scores(rng: Stream, count: int) -> tuple[Column, Column]:
    """Ranks by score from the top; ties are told apart by rank. The best are now and then below the pass mark."""
    best = 97 if rng.random() > 0.04 else 62
    scores = np.sort(np.round(best - rng.random(count) * 45))[::-1].astype(np.int32)
    return np.arange(1, count + 1, dtype=np.int32), scores


def record_contests(town: Town, drawn: Contests) -> None:
    published = drawn.contests["published_on"]
    names = sorted(set(drawn.names))
    at = np.array([names.index(name) for name in drawn.names], dtype=np.int32)
    rows: dict[str, Drawn] = {
        **drawn.contests,
        "contest_id": np.arange(len(published), dtype=np.int32),
        "event": words(at, names),
    }
    town.recorder.record("contest", rows, published)
    order = np.lexsort((drawn.entries["contest_id"], drawn.entries["person_id"]))
    entries = {name: column[order] for name, column in drawn.entries.items()}
    entry_rows: dict[str, Drawn] = {
        **entries,
        "contest_entry_id": np.arange(len(order), dtype=np.int32),
        "team": words(_named(entries["team"], drawn.teams), drawn.teams),
        "disqualified": entries["disqualified"],
    }
    town.recorder.record("contest_entry", entry_rows, published[entries["contest_id"]], wrong="score")


def _named(team: Column, teams: list[str]) -> Column:
    """Who entered alone is in no team."""
    nameless = np.array([not name for name in teams], dtype=bool)
    return np.where((team == NONE) | nameless[np.maximum(team, 0)], NONE, team).astype(np.int32)
