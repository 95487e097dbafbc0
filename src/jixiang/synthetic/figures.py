"""The numbers that calibrate a synthetic city, each with its source and how far to trust it.

`figures.toml` holds sections of figures; a figure is a table with `value`, `source` (keys of `[sources]`, parted by
spaces), `confidence` (V seen in a public text, W known in the trade, I assumed for the demonstration) and, if need be,
`note`. A figure that scales with the city is given for the whole city.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jixiang.language.vocabulary import CodeList, Vocabulary
from jixiang.values.problem import Place, Problem

CONFIDENCE = {"V", "W", "I"}


REQUIRED: dict[str, str] = {
    "people": "count sex district ages migrants migrant_by_age household_local household_migrant rural veterans "
    "moves_a_year deaths_a_year education young_education graduation_age",
    "firms": "count sizes kinds small_kinds credit_code_prefix industries hit_industries founded_in_window "
    "closed_a_year shocks size_changes_a_year industry_changes owner_on_payroll blacklisted blacklist_days providers "
    "provider_kind flexible_kind foreign_trade hazard",
    "work": "ever_insured employed_at_start mobile stay_days no_gap gap_days withdraw retirement insured_late leaving "
    "reasons second_job flexible contracts contracts_short",
    "contributions": "insurance rates base base_limits waiver_small waiver_large small_sizes waiver_kinds "
    "waived_whole_kinds gaps unpaid",
    "certificates": "issued high high_levels low_levels insured obtained_by invalid bodies body_weights again "
    "number_prefix fees fees_otherwise free_body",
    "occupations": "weights",
    "training": "catalogue work_based upskilling projects startups online modes work_based_new_hires "
    "work_based_key_groups work_based_months work_based_sizes certified passed mismatched free courses "
    "startup_courses startup_modules startup_hours startup_sizes online_hours face_check_failed check_codes "
    "planned_hours filed_before attendance off_job off_job_hardship project_size project_groups project_price "
    "project_overruns project_refused project_overfull project_elsewhere project_weak project_twice founders",
    "stoppages": "count between days training hit_industries ongoing pledged",
    "masters": "levels",
    "studios": "count years classes leader_lower second closed reviews not_reviewed failed",
    "appointments": "a_year years months leaving lower dismissed",
    "titles": "a_year years decided shares chiefs again elsewhere revoked",
    "innovations": "editions ranked unranked authors subjects",
    "drills": "held attended",
    "apprentices": "started levels months",
    "groups": "registers jobless hardship hardship_jobless hardship_categories",
    "contests": "trades editions event finalists class champion_returns go_on higher roles",
    "union": "members study_grants study_others study_misses study_intakes study_levels study_granted study_industries",
    "degrees": "count from to weights sessions elsewhere outside",
    "city": "key reserve_months",
    "arrival": "lag_days late corrected published",
    "holes": "rates apart",
}


CODED: dict[str, tuple[str, str]] = {  # figures that name codes, and the table and column whose list has them
    "people.sex": ("person", "sex"),
    "people.district": ("person", "district"),
    "people.household_local": ("person", "household_kind"),
    "people.household_migrant": ("person", "household_kind"),
    "people.rural": ("person", "household_kind"),
    "people.veterans": ("person", "sex"),
    "people.education": ("education", "level"),
    "people.young_education": ("education", "level"),
    "people.graduation_age": ("education", "level"),
    "firms.sizes": ("employer", "size"),
    "firms.kinds": ("employer", "employer_kind"),
    "firms.small_kinds": ("employer", "employer_kind"),
    "firms.credit_code_prefix": ("employer", "employer_kind"),
    "firms.industries": ("employer", "industry"),
    "firms.hit_industries": ("employer", "industry"),
    "firms.provider_kind": ("employer", "employer_kind"),
    "firms.flexible_kind": ("employer", "employer_kind"),
    "work.retirement": ("person", "sex"),
    "work.leaving": ("departure", "reason"),
    "contributions.small_sizes": ("employer", "size"),
    "contributions.waiver_kinds": ("employer", "employer_kind"),
    "contributions.waived_whole_kinds": ("employer", "employer_kind"),
    "certificates.high_levels": ("certificate", "level"),
    "certificates.low_levels": ("certificate", "level"),
    "certificates.obtained_by": ("certificate", "obtained_by"),
    "occupations.weights": ("certificate", "occupation"),
    "training.work_based_sizes": ("employer", "size"),
    "apprentices.levels": ("apprenticeship", "target_level"),
    "groups.hardship_categories": ("hardship", "category"),
    "contests.class": ("contest", "class"),
    "union.members": ("employer", "size"),
    "union.study_levels": ("enrolment", "level"),
    "union.study_industries": ("employer", "industry"),
    "union.study_granted": ("enrolment", "level"),
    "degrees.from": ("education", "level"),
    "degrees.to": ("education", "level"),
    "firms.foreign_trade": ("employer", "industry"),
    "firms.hazard": ("employer", "industry"),
    "certificates.fees": ("certificate", "level"),
    "training.startup_modules": ("training_class", "module"),
    "masters.levels": ("certificate", "level"),
    "studios.classes": ("master_studio", "class"),
    "titles.shares": ("talent_title", "title"),
}
SPOKEN: dict[str, tuple[str, str]] = {  # figures that give codes for words of this room
    "work.reasons": ("departure", "reason"),
    "contributions.insurance": ("contribution", "insurance"),
    "training.modes": ("training", "mode"),
    "training.check_codes": ("online_study", "face_check"),
    "contests.roles": ("contest_entry", "role"),
}


@dataclass(frozen=True)
class Figures:
    """Figures by `section.name`. Asking for one that is not there is a KeyError: `read_figures` has checked the file."""

    values: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def number(self, name: str) -> float:
        return float(self.values[name])

    def numbers(self, name: str) -> list[float]:
        return [float(value) for value in self.values[name]]

    def share(self, name: str) -> dict[str, float]:
        """Weights by code."""
        return {str(code): float(weight) for code, weight in self.values[name].items()}

    def rate(self, group: str, key: str) -> float:
        """A rate out of a table of rates; 0 where the table does not name it."""
        return float(self.values[group].get(key, 0))


def read_figures(path: Path) -> tuple[Figures, list[Problem]]:
    """The figures and all that is wrong with the file."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Figures({}), [
            Problem("no-figures", Place(path.name, 1), "城市包里没有 figures.toml", "补上合成城市的数字")
        ]
    except tomllib.TOMLDecodeError as error:
        return Figures({}), [Problem("bad-toml", Place(path.name, 1), f"不是正确的 TOML:{error}", "按提示的行列改正")]
    sources = content.pop("sources", {})
    named = {f"{section}.{name}": figure for section, group in content.items() for name, figure in group.items()}
    problems = [problem for name, figure in named.items() for problem in _problems(path.name, name, figure, sources)]
    values = {name: figure["value"] for name, figure in named.items() if isinstance(figure, dict) and "value" in figure}
    missing = [
        _problem(path.name, name, "缺少这个数字", "照其他城市的样子补上") for name in _required() if name not in values
    ]
    return Figures(values), problems + missing


def check_codes(file: str, figures: Figures, vocabulary: Vocabulary) -> list[Problem]:
    """Codes that the vocabulary's lists lack, and lists that the vocabulary lacks."""
    problems = []
    for name, (table, column) in {**CODED, **SPOKEN}.items():
        value = figures[name]
        codes = [
            str(code) for code in (value.values() if name in SPOKEN else [value] if isinstance(value, str) else value)
        ]
        listed = _codes_of(vocabulary, table, column)
        if listed is None:
            problems.append(_problem(file, name, f"词汇里没有编码属性 {table}.{column}", "在词汇里登记它"))
            continue
        unknown = [code for code in codes if code not in listed.rank]
        if unknown:
            says = f"编码表“{listed.name}”没有编码 {'、'.join(unknown)}"
            problems.append(_problem(file, name, says, f"改为 {'、'.join(list(listed.rank)[:5])} 等"))
    return problems


def _codes_of(vocabulary: Vocabulary, table: str, column: str) -> CodeList | None:
    for entity in vocabulary.entities.values():
        for attribute in entity.attributes.values():
            if (entity.table, attribute.column) == (table, column):
                return vocabulary.codes.get(attribute.type.of)
    return None


def _problems(file: str, name: str, figure: Any, sources: dict[str, str]) -> Iterator[Problem]:
    if not isinstance(figure, dict) or "value" not in figure:
        yield _problem(file, name, "没有写 value", f"写作 [{name}] 下的 value = …")
        return
    if figure.get("confidence") not in CONFIDENCE:
        yield _problem(file, name, "没有写可信度", "confidence 写 V、W 或 I")
    unknown = [source for source in str(figure.get("source", "")).split() if source not in sources]
    if unknown or not figure.get("source"):
        yield _problem(
            file, name, f"出处 {'、'.join(unknown) or '(空)'} 不在 [sources] 里", "写已登记的出处,或先登记它"
        )


def _required() -> list[str]:
    return [f"{section}.{name}" for section, names in REQUIRED.items() for name in names.split()]


def _problem(file: str, name: str, message: str, suggestion: str) -> Problem:
    return Problem("figure", Place(f"{file}/{name}", 1), f"{name}: {message}", suggestion)
