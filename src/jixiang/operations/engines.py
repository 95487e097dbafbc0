"""用哪个引擎:这台机器上的 DuckDB,或集群上的 Spark。"""

from __future__ import annotations

import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from jixiang.engines.duckdb import DuckDB
from jixiang.engines.engine import Engine
from jixiang.operations.terminal import Refused

HERE = "local[*]"  # Spark in this process, on all cores: enough to try it

WAYS_OUT = {
    "pyspark": ("没有安装 pyspark", "安装附加组件 jixiang[spark](make test-cluster 装的就是它),或者用 --engine duckdb"),
    "java": ("没有找到 Java", "安装 Java 17 或更新的版本,或把 JAVA_HOME 指向它;不用 Spark 就不需要 Java"),
    "master": ("连不上 Spark 的主节点", "看 --master 的地址对不对,集群起来了没有"),
}


@dataclass(frozen=True)
class Choice:
    """`shared`: a folder that all machines of a cluster see."""

    name: str = "duckdb"
    master: str | None = None
    shared: Path | None = None
    memory_mb: int | None = None


def takes_engine(parser: ArgumentParser) -> None:
    parser.add_argument("--engine", choices=["duckdb", "spark"], default="duckdb", help="用哪个引擎")
    parser.add_argument("--master", help=f"Spark 的主节点,例如 spark://10.0.0.1:7077;不写就在本机({HERE})")
    parser.add_argument("--shared", type=Path, help="Spark 各台机器都看得到的目录,中间结果放在这里")
    parser.add_argument("--memory-mb", type=int, help="内存上限(DuckDB)")


@contextmanager
def opened(choice: Choice) -> Iterator[Engine]:
    """The engine that was chosen, until the block ends."""
    if choice.name == "duckdb":
        if choice.master or choice.shared:
            raise Refused("--master 和 --shared 只用于 Spark", "加上 --engine spark,或者去掉它们")
        with DuckDB(memory_mb=choice.memory_mb) as engine:
            yield engine
        return
    if choice.memory_mb is not None:
        raise Refused("--memory-mb 只用于 DuckDB", "Spark 的内存在集群的设置里写(spark-defaults.conf)")
    with _spark(choice) as engine:
        yield engine


@contextmanager
def _spark(choice: Choice) -> Iterator[Engine]:
    from jixiang.engines.spark import Spark
    from jixiang.engines.spark_session import NoSpark, connected, require_spark

    try:
        require_spark(choice.master or HERE)
    except NoSpark as error:
        message, way_out = WAYS_OUT[error.missing]
        raise Refused(message, way_out) from error
    with (
        tempfile.TemporaryDirectory(prefix="jixiang-") as own,
        connected(choice.master or HERE, folder=Path(own)) as session,
        Spark(session, folder=choice.shared) as engine,
    ):
        yield engine
