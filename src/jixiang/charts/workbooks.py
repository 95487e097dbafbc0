"""The look that all our workbooks have: one type, one size, few formats. What is on the sheets is the affair of those who write them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

FONT = "Microsoft YaHei"
TITLE = 26  # points that the row of a title is high
INK, PALE, WRONG = "#5A6570", "#EEF1F4", "#A33B2E"


@dataclass(frozen=True)
class House:
    """A workbook that is being written, and its formats."""

    book: xlsxwriter.Workbook
    title: Any
    section: Any
    quiet: Any
    head: Any
    head_right: Any
    text: Any
    wrong: Any
    number: Any
    money: Any
    rate: Any
    day: Any

    def also(self, **more: Any) -> Any:
        """One more format, in the type of the others."""
        return _format(self.book, **more)


def _format(book: xlsxwriter.Workbook, **more: Any) -> Any:
    return book.add_format({"font_name": FONT, "font_size": 10, "valign": "top", **more})


@contextmanager
def workbook(path: Path, title: str) -> Iterator[House]:
    """A new workbook, written when the block ends. A cell's text is text: never a formula, never a link. Raises OSError where it
    cannot be written."""
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    try:
        with xlsxwriter.Workbook(str(path), options) as book:
            book.set_properties({"title": title})
            yield _furnished(book)
    except FileCreateError as error:
        raise OSError(str(error)) from error


def _furnished(book: xlsxwriter.Workbook) -> House:
    words = {"text_wrap": True, "align": "left", "indent": 1}
    figures = {"align": "right", "indent": 1}
    head = {"bold": True, "bottom": 1, "bg_color": PALE, "indent": 1}
    return House(
        book,
        title=_format(book, bold=True, font_size=16),
        section=_format(book, bold=True, font_size=12),
        quiet=_format(book, font_color=INK),
        head=_format(book, **head, align="left"),
        head_right=_format(book, **head, align="right"),
        text=_format(book, **words),
        wrong=_format(book, **words, bold=True, font_color=WRONG),
        number=_format(book, **figures, num_format="#,##0"),
        money=_format(book, **figures, num_format="#,##0.00"),
        rate=_format(book, **figures, num_format="0.0%"),
        day=_format(book, align="left", indent=1, num_format="yyyy-mm-dd"),
    )
