"""Lists that offices keep of firms: those in foreign trade, and those with major hazards of chemicals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jixiang.synthetic.columns import codes_of
from jixiang.synthetic.days import Column, Mask
from jixiang.synthetic.draws import Stream, chance, sample
from jixiang.synthetic.firms import Firms
from jixiang.synthetic.town import Town


@dataclass(frozen=True)
class Listings:
    """One entry a firm."""

    foreign_trade: Mask
    hazard: Mask


def draw_listings(town: Town, firms: Firms) -> Listings:
    """Exporters by industry; hazards by their number in each industry, larger firms likelier, at least one each."""
    rng, figures = town.rng("listings"), town.figures
    rates = np.zeros(len(codes_of(town.vocabulary, "employer", "industry").codes))
    for code, rate in figures.share("firms.foreign_trade").items():
        rates[town.code("employer", "industry", code)] = rate
    foreign = chance(rng, rates[np.maximum(firms.industry, 0)], len(firms)) & (firms.industry >= 0)
    hazard = np.zeros(len(firms), dtype=bool)
    for code, whole in figures.share("firms.hazard").items():
        there = np.flatnonzero(firms.industry == town.code("employer", "industry", code)).astype(np.int32)
        hazard[_larger(rng, firms, there, town.count(whole, least=1))] = True
    return Listings(foreign, hazard)


def _larger(rng: Stream, firms: Firms, among: Column, count: int) -> Column:
    return sample(rng, among, count, np.sqrt(firms.weight[among]))
