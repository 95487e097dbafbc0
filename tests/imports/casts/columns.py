"""Columns, layouts and casts as the tests of this folder need them."""

from datetime import date

import numpy as np
import pyarrow as pa

from jixiang.imports.casts import cast_column
from jixiang.imports.kinds import Column, Layout
from jixiang.language import types
from jixiang.language.vocabulary import Attribute, Code, CodeList

TODAY = date(2021, 6, 30)
INSURANCE = CodeList("险种", "insurance", (Code("110", "养老保险"), Code("210", "失业保险")))

DATE = Column("日期", types.DATE)
MONTH = Column("所属期", types.MONTH)
MONEY = Column("金额", types.MONEY)
SIGNED = Column("金额", types.MONEY, attribute=Attribute("金额", "paid", types.MONEY, signed=True))
COUNT = Column("人数", types.NUMBER)
BOOL = Column("合格", types.BOOL)
CODE = Column("险种", types.code("险种"), codes=INSURANCE)
TEXT = Column("课程", types.TEXT)
NUMBER = Column("身份证号码", types.TEXT, role="number")
NAME = Column("姓名", types.TEXT, role="name")
ACCOUNT = Column("账号", types.TEXT, role="account")
FIRM = Column("信用代码", types.TEXT, attribute=Attribute("信用代码", "credit_code", types.TEXT, format="GB 32100"))
CERTIFICATE = Column("证书号", types.TEXT, attribute=Attribute("证书号", "number", types.TEXT, format="证书编号"))


def layout(**spelling):
    return Layout("示例", {}, **spelling)


def cast(column, texts, natures=None, today=TODAY, **spelling):
    """The cast of a column; what it holds and what is said about each row."""
    given = None if natures is None else np.array(natures, np.uint8)
    found = cast_column(column, layout(**spelling), pa.array(texts, pa.string()), given, today=today)
    assert len(found.values) == len(texts)
    said = [[] for _ in texts]
    for mark in found.marks:
        assert mark.column == column.name
        for row in mark.rows:
            said[row].append(mark.code)
    return found.values.to_pylist(), said


def one(column, text, nature=None, **spelling):
    """One cell: its value and the codes of what is wrong with it."""
    values, said = cast(column, [text], None if nature is None else [nature], **spelling)
    return values[0], said[0]
