"""Who founded a firm after a course for founders."""

from __future__ import annotations

import numpy as np

from jixiang.synthetic.days import NONE, START, Column
from jixiang.synthetic.draws import between, chance
from jixiang.synthetic.firms import Firms
from jixiang.synthetic.town import Town
from jixiang.synthetic.trainings import TABLE as TRAINING
from jixiang.synthetic.trainings import Group

SOON = (10, 400)  # days after the course


def draw_founders(town: Town, firms: Firms, trainings: Group) -> Column:
    """Per firm the graduate who founded it, or `NONE`. Mostly within a year of the course, of some a little later."""
    rng, figures = town.rng("founders"), town.figures
    mode = town.code(TRAINING, "mode", figures["training.modes"]["startups"])
    graduates = np.flatnonzero((trainings["mode"] == mode) & (trainings["passed"] == 1))
    founding = graduates[chance(rng, figures.number("training.founders"), len(graduates))]
    small = town.codes("employer", "size", list(figures["firms.sizes"])[:2])
    usable = np.flatnonzero((firms.weight > 0) & np.isin(firms.size, small) & (firms.founded > START))
    by_day = usable[np.argsort(firms.founded[usable], kind="stable")]
    wanted = trainings["ended_on"][founding] + between(rng, *SOON, len(founding))
    at = np.searchsorted(firms.founded[by_day], wanted)
    at, firsts = np.unique(at[at < len(by_day)], return_index=True)
    founder = np.full(len(firms), NONE, dtype=np.int32)
    founder[by_day[at]] = trainings["person_id"][founding[firsts]]
    return founder
