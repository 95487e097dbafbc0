"""A real standalone cluster on this machine: a master and two workers, each a process of its own, on free loopback ports.

It is up when the master says of both workers that they are alive, and gone, with all that the workers started, when the block
ends, however it ends.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyspark

HOST = "127.0.0.1"
WORKERS = 2
PATIENCE = 240  # looks, a quarter of a second apart, before a cluster that does not come up is given up
SIZE = {  # what one run takes of it: both workers, one core each
    "spark.driver.memory": "1500m",
    "spark.executor.memory": "1g",
    "spark.executor.cores": "1",
    "spark.scheduler.minRegisteredResourcesRatio": "1.0",  # no work before both are there
    "spark.sql.shuffle.partitions": "4",
}


@dataclass(frozen=True)
class Cluster:
    """`url`: where a run connects to. `state`: what the master says of itself."""

    url: str
    page: str

    def state(self) -> dict[str, Any] | None:
        try:
            with urllib.request.urlopen(f"{self.page}/json/", timeout=5) as answer:
                said: dict[str, Any] = json.load(answer)
                return said
        except (urllib.error.URLError, OSError, ValueError):
            return None

    def alive(self) -> int:
        """How many workers the master counts on."""
        return sum(worker["state"] == "ALIVE" for worker in (self.state() or {}).get("workers", ()))


@contextmanager
def standalone(folder: Path) -> Iterator[Cluster]:
    """`folder`: for logs and for what workers put aside. Raises RuntimeError, with what a process said last, if it does not come up."""
    port, page = _free_port(), _free_port()
    cluster = Cluster(f"spark://{HOST}:{port}", f"http://{HOST}:{page}")
    with ExitStack() as stack:
        where = ["--host", HOST, "--port", str(port), "--webui-port", str(page)]
        started = [stack.enter_context(_daemon("master.Master", where, folder / "master"))]
        _wait(started, lambda: cluster.state() is not None, folder)
        for number in range(WORKERS):
            own = folder / f"worker{number}"
            room = ["--cores", "1", "--memory", "1200m", "--work-dir", str(own / "work"), "--webui-port", "0"]
            started.append(stack.enter_context(_daemon("worker.Worker", ["--host", HOST, *room, cluster.url], own)))
        _wait(started, lambda: cluster.alive() == WORKERS, folder)
        yield cluster


@contextmanager
def _daemon(name: str, arguments: Sequence[str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    folder.mkdir(parents=True)
    command = [
        str(Path(pyspark.__file__).parent / "bin" / "spark-class"),
        f"org.apache.spark.deploy.{name}",
        *arguments,
    ]
    own = {"SPARK_LOCAL_IP": HOST, "SPARK_DAEMON_MEMORY": "256m", "SPARK_LOCAL_DIRS": str(folder / "local")}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command, env=os.environ | own, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield process
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """The daemon and what it started: they are one group. Asked first, then made to."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, how)
            process.wait(timeout=20)
        except ProcessLookupError:
            break
        except subprocess.TimeoutExpired:
            continue
    process.wait()


def _wait(started: Sequence[subprocess.Popen[bytes]], is_so: Any, folder: Path) -> None:
    for _ in range(PATIENCE):
        if is_so():
            return
        if any(process.poll() is not None for process in started):
            break
        time.sleep(0.25)
    logs = "\n".join(f"{log}:\n{log.read_text(errors='replace')[-2000:]}" for log in sorted(folder.glob("*/log")))
    raise RuntimeError(f"the cluster does not come up\n{logs}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
