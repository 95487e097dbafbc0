"""Which engine a run is done by, and what is said where Spark is not to be had."""

import shutil
import socket
import subprocess
import sys
from importlib import util

import pytest

from jixiang.engines.duckdb import DuckDB
from jixiang.operations.engines import Choice, opened
from jixiang.operations.terminal import Refused, refuse


def test_it_is_duckdb_unless_said_otherwise():
    with opened(Choice()) as engine:
        assert isinstance(engine, DuckDB)


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        (Choice(master="spark://10.0.0.1:7077"), "只用于 Spark"),
        (Choice("spark", memory_mb=1000), "只用于 DuckDB"),
    ],
)
def test_what_belongs_to_the_other_engine_is_refused(choice, said):
    with pytest.raises(Refused, match=said), opened(choice):
        pass


@pytest.fixture
def there(monkeypatch):
    """As if pyspark and Java were installed, until one is taken away."""
    monkeypatch.setattr(util, "find_spec", lambda name: object())
    monkeypatch.setattr(shutil, "which", lambda name, path=None: name)
    return monkeypatch


def refusal(choice):
    with pytest.raises(Refused) as refused, opened(choice):
        pass
    return str(refused.value), refused.value.way_out


def test_without_pyspark_it_says_how_to_get_it(there):
    there.setattr(util, "find_spec", lambda name: None)
    message, way_out = refusal(Choice("spark"))
    assert message == "没有安装 pyspark"
    assert "jixiang[spark]" in way_out


def test_without_java_it_says_so(there):
    there.setattr(shutil, "which", lambda name, path=None: None)
    message, way_out = refusal(Choice("spark"))
    assert message == "没有找到 Java"
    assert "JAVA_HOME" in way_out


def test_a_master_that_does_not_answer_is_found_at_once(there):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: nobody answers there
        message, way_out = refusal(Choice("spark", f"spark://127.0.0.1:{taken.getsockname()[1]}"))
    assert message == "连不上 Spark 的主节点"
    assert "--master" in way_out


IMPORTED = """
import importlib, pkgutil, sys
sys.modules["pyspark"] = None  # whoever asks for it is refused
import jixiang
for module in pkgutil.walk_packages(jixiang.__path__, "jixiang."):
    importlib.import_module(module.name)
"""


def test_everything_can_be_imported_without_pyspark():
    subprocess.run([sys.executable, "-c", IMPORTED], check=True)


def test_what_is_refused_is_printed_with_its_brackets(capsys):
    """Brackets are marks of style to the terminal: `jixiang[spark]` lost its end, and so would a folder's name."""
    assert refuse(Refused("没有 facts[old]", "安装 jixiang[spark]")) == 1
    said = capsys.readouterr().err
    assert "facts[old]" in said and "jixiang[spark]" in said
