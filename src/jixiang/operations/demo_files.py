"""The demonstration's imports: every file of the extracts, and whether what was planted in them was found, no more, no less.

Only for the synthetic city, whose extracts say what is wrong with them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from jixiang.imports.act import Imported, Order, Progress, Stopped, import_files
from jixiang.imports.home import Home
from jixiang.imports.reading.refused import FileRefused
from jixiang.imports.report import FileCounts, Report
from jixiang.operations.home import CityImports
from jixiang.operations.importing import extracted_of
from jixiang.synthetic.extracts.planted import Expected, ExtractFile, Planted
from jixiang.vault.keys import load_ring
from jixiang.vault.store import Vault


@dataclass
class Checked:
    """One kind: what its files gave, and where the report and what was planted differ."""

    name: str
    report: Report
    planted: int
    differences: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Rehearsal:
    """The extracts in `folder`, for a home with a vault. `received`: when all of them come in."""

    city: CityImports
    home: Home
    folder: Path
    planted: Planted
    received: datetime

    def run(self, progress: Progress) -> Iterator[Checked]:
        """The register of persons first, so that names are known before others use them."""
        files: dict[str, list[Path]] = defaultdict(list)
        for file in self.planted.files:
            files[file.kind].append(self.folder / file.file)
        kinds = sorted(files, key=lambda code: (not self._is_register(code), code))
        for number, kind in enumerate(kinds):
            moved = partial(self._moved, progress, self.city.kinds[kind].name, number, len(kinds))
            yield self._checked(kind, self._import(kind, files[kind], moved))

    @staticmethod
    def _moved(progress: Progress, name: str, number: int, of: int, what: str, done: float) -> None:
        progress(f"{name}: {what}", (number + done) / of)

    def refuse(self) -> Iterator[tuple[ExtractFile, tuple[str, ...], str]]:
        """Each file that is not to be taken: what was said of it, and what is different from what was planted."""
        for file in self.planted.bad_files:
            said = self._said(file)
            expected = {code for one in self.planted.of(file.file) for code in one.codes}
            yield file, said, "" if expected <= set(said) else f"应为 {'、'.join(sorted(expected))}"

    def _is_register(self, kind: str) -> bool:
        return self.city.kinds[kind].main.entity.name == self.city.files.identity

    def _import(self, kind: str, files: list[Path], progress: Progress) -> Imported:
        order = Order(
            kind=self.city.kinds[kind], files=tuple(files), extracted=extracted_of(files), received=self.received,
            returned=self.home.folder / "returned", check=False,
        )  # fmt: skip
        with Vault.open(self.home.vault, load_ring(self.home.ring)) as vault:
            return import_files(self.home, vault, self.city.files, order, progress=progress)

    def _said(self, file: ExtractFile) -> tuple[str, ...]:
        """The codes of an import that is not to happen."""
        try:
            imported = self._import(file.kind, [self.folder / file.file], lambda what, done: None)
        except FileRefused as refused:
            return tuple(dict.fromkeys(problem.code for problem in refused.problems))
        except Stopped as stopped:
            return stopped.report.compared.stops if stopped.report.compared else ()
        return tuple(one.fault for one in imported.report.files if one.fault)

    def _checked(self, kind: str, imported: Imported) -> Checked:
        planted = [one for file in imported.report.files for one in self.planted.of(file.name)]
        checked = Checked(self.city.kinds[kind].name, imported.report, len(planted))
        for file in imported.report.files:
            of_file = self.planted.of(file.name)
            checked.differences += _refused_otherwise(of_file, file.name, imported)
            checked.differences += _counted_otherwise(of_file, file)
            if not file.balanced:
                checked.differences.append(f"{file.name}: 读入的行数与去向对不上")
        return checked


def _refused_otherwise(planted: tuple[Expected, ...], name: str, imported: Imported) -> Iterator[str]:
    """Line by line: every planted row is refused for what was planted, and no other row is."""
    expected = {one.line: set(one.codes) for one in planted if one.weight == "refused"}
    found = {line: set(codes) for line, codes in imported.refused.get(name, {}).items()}
    for line in sorted(expected.keys() | found.keys()):
        if expected.get(line) != found.get(line):
            yield f"{name}:{line}: 埋的是 {_codes(expected.get(line))},报告的是 {_codes(found.get(line))}"


def _counted_otherwise(planted: tuple[Expected, ...], file: FileCounts) -> Iterator[str]:
    """Of rows that are left out or only noted a report gives the numbers."""
    for weight, what, found in (("ignored", "略过", file.ignorings), ("note", "提示", file.notes)):
        expected = Counter(code for one in planted if one.weight == weight for code in one.codes)
        for code in sorted(expected.keys() | found.keys()):
            if expected[code] != found.get(code, 0):
                yield f"{file.name}: {what} {code} 埋了 {expected[code]} 处,报告了 {found.get(code, 0)} 处"


def _codes(codes: set[str] | None) -> str:
    return "、".join(sorted(codes)) if codes else "没有"
