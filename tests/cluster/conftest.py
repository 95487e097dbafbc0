"""One cluster for all tests here, and one connection to it; each test has engines of its own on it."""

import signal
import sys

import pytest

pytest.importorskip("pyspark", reason="pyspark is not installed: `make test-cluster` installs it")

from tests.cluster.standalone import SIZE, standalone

from jixiang.engines.duckdb import DuckDB
from jixiang.engines.spark import Spark
from jixiang.engines.spark_session import connected


@pytest.fixture(scope="session", autouse=True)
def ending_by_signal_ends_in_order():
    """Who stops the tests by a signal stops the cluster with them."""
    before = signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.fixture(scope="session")
def cluster(tmp_path_factory):
    with standalone(tmp_path_factory.mktemp("cluster")) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def session(cluster, tmp_path_factory):
    with connected(cluster.url, folder=tmp_path_factory.mktemp("driver"), settings=SIZE) as session:
        yield session


@pytest.fixture
def spark(session, tmp_path):
    with Spark(session, folder=tmp_path) as engine:
        yield engine


@pytest.fixture
def duck():
    with DuckDB(threads=1) as engine:
        yield engine
