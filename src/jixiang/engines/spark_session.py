"""The connection to a Spark cluster: what must be set so that a plan means there what it means elsewhere.

The only module that may not find its package: Spark is an extra, and runs on Java. It starts no cluster.
"""

from __future__ import annotations

import importlib.util
import logging
import os
import shutil
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# What a plan's meaning rests on.
MEANING: Mapping[str, str] = {
    "spark.sql.ansi.enabled": "true",  # what does not fit is an error, never another number
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.caseSensitive": "false",
    "spark.sql.variable.substitute": "false",  # a text may hold ${…}
    "spark.sql.parser.escapedStringLiterals": "false",
    "spark.sql.decimalOperations.allowPrecisionLoss": "true",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",  # days before 1582 are those of the file
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
    "spark.sql.parquet.compression.codec": "zstd",
}

# How the work is done: hundreds of queries. What a cluster's own settings should say is not here.
WORK: Mapping[str, str] = {
    "spark.api.mode": "classic",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    "spark.sql.adaptive.enabled": "true",
    "spark.sql.broadcastTimeout": "3600",  # seconds; a busy cluster is no reason to stop
    "spark.sql.maxPlanStringLength": "1000",
    "spark.sql.catalogImplementation": "in-memory",
    "spark.driver.maxResultSize": "0",
}


class NoSpark(RuntimeError):
    """What Spark needs is not here: `missing` is "pyspark", "java" or "master"."""

    def __init__(self, missing: str) -> None:
        super().__init__(missing)
        self.missing = missing


def require_spark(master: str) -> None:
    """Raises NoSpark. Of a cluster's masters one must answer; Spark itself would ask for a minute."""
    if importlib.util.find_spec("pyspark") is None:
        raise NoSpark("pyspark")
    home = os.environ.get("JAVA_HOME")
    if shutil.which("java", path=f"{home}/bin" if home else None) is None:
        raise NoSpark("java")
    if master.startswith("spark://") and not any(map(_answers, master.removeprefix("spark://").split(","))):
        raise NoSpark("master")


def _answers(address: str) -> bool:
    host, _, port = address.rpartition(":")
    try:
        with socket.create_connection((host, int(port)), timeout=10):
            return True
    except (OSError, ValueError, OverflowError):
        return False


@contextmanager
def connected(master: str, *, folder: Path, settings: Mapping[str, str] | None = None) -> Iterator[SparkSession]:
    """A session on a cluster (`spark://host:port`), or in this process (`local[2]`); it ends with the block.

    `folder`: for what the driver itself puts aside. `settings`: over those above, for the size of a cluster.
    Raises NoSpark.
    """
    require_spark(master)
    from pyspark.sql import SparkSession

    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)  # says each error once more, in full
    builder = SparkSession.builder.master(master).appName("jixiang")
    own = {"spark.sql.warehouse.dir": str(folder / "warehouse")}
    for name, value in {**WORK, **own, **_here(master, folder), **(settings or {}), **MEANING}.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    try:
        yield session
    finally:
        session.stop()


def _here(master: str, folder: Path) -> dict[str, str]:
    """What holds for a cluster on this machine: small parts, and calls back to this machine. Another one has its own settings."""
    host = master.removeprefix("spark://").rsplit(":", 1)[0]
    if not master.startswith("local") and host not in ("localhost", "127.0.0.1"):
        return {}
    return {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.local.dir": str(folder),
        "spark.sql.shuffle.partitions": "8",
        "spark.ui.enabled": "false",
    }
