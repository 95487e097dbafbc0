"""A document's own examples, run by the interpreter and by an engine: what must come out, comes out."""

from jixiang.readings.cases.case import CHECKS, Case, CaseRow, City, Expected, RowResult
from jixiang.readings.cases.engine import run_on_duckdb
from jixiang.readings.cases.prepare import Prepared, prepare
from jixiang.readings.cases.report import Report, Runner, differences, run_city, run_document
from jixiang.readings.cases.run import Judge, Results, run_interpreted, run_with, settle, together

__all__ = [
    "CHECKS",
    "Case",
    "CaseRow",
    "City",
    "Expected",
    "Judge",
    "Prepared",
    "Report",
    "Results",
    "RowResult",
    "Runner",
    "differences",
    "prepare",
    "run_city",
    "run_document",
    "run_interpreted",
    "run_on_duckdb",
    "run_with",
    "settle",
    "together",
]
