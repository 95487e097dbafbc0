"""The look of what people look at: charts as SVG, and the formats of every workbook (`workbooks`).

A chart answers one question, says the answer in its title and names its parts where they stand. The same numbers give the same
bytes. Text stays text, colours follow the reader's light or dark, nothing moves and nothing is fetched. `line`, `columns` and `rows`
draw one form each; knows no city, no policy and no money: numbers come with a way to say them.
"""

from jixiang.charts.columns import Columns
from jixiang.charts.line import Line
from jixiang.charts.picture import Series
from jixiang.charts.rows import Row, Rows

__all__ = ["Columns", "Line", "Row", "Rows", "Series"]
