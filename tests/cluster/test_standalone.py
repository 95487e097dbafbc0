"""It is a cluster that the work is done on, not the process of the tests."""

from tests.cluster.standalone import WORKERS, standalone


def test_both_workers_do_the_work_of_one_run(cluster, session):
    (application,) = (cluster.state() or {})["activeapps"]
    assert application["name"] == "jixiang"
    assert session.sparkContext.master == cluster.url
    assert session.range(0, 1000, 1, 8).count() == 1000
    where = session.sparkContext._jsc.sc().getExecutorMemoryStatus().size()
    assert where == WORKERS + 1  # and the driver
    assert {worker["coresused"] for worker in cluster.state()["workers"]} == {1}


def test_it_is_gone_when_the_block_ends(tmp_path):
    with standalone(tmp_path) as other:
        assert other.alive() == WORKERS
    assert other.state() is None
