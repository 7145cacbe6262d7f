"""Clusters on this machine, of which a worker is killed in the middle of a job.

A Dask cluster has two workers, each a process of its own with a nanny that starts it anew; a Spark
cluster has a master, two workers with an executor each, and drivers. All listen on 127.0.0.1 alone,
at free ports, and end with the block they are opened in, however that ends.

Run as a script, this is such a driver: there is one Spark session to a process.
"""

import json
import logging
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from engines import missing

PATIENCE = 300  # seconds until what should happen is taken not to


def wait_for(look, what):
    """Look again and again until there is something to see, and return it."""
    end = time.monotonic() + PATIENCE
    while not (seen := look()):
        assert time.monotonic() < end, f"no {what} after {PATIENCE} s"
        time.sleep(0.02)
    return seen


def is_alive(pid):
    import psutil

    with suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False


def kill(pids):
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not any(map(is_alive, pids)), f"end of {pids}")


# Dask --------------------------------------------------------------------------------------------


def slow_in_dask(frame, seconds):
    """Return a frame with the same rows, of which each partition takes its time."""

    def slowly(part):  # in here it travels as it is, and no worker needs to import this file
        time.sleep(seconds)
        return part

    return frame.map_partitions(slowly)


@contextmanager
def dask_cluster(folder):
    if find_spec("distributed") is None:
        missing("dask")
    from distributed import Client, LocalCluster

    with (
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            local_directory=folder,
            silence_logs=logging.CRITICAL,
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


def kill_dask_midway(client, job, share):
    """Kill a worker once a share of the slow tasks is done.

    Return what the job returns, and what the scheduler says of the worker that it lost.
    """
    pids = client.run(os.getpid)
    with ThreadPoolExecutor(1) as pool:
        result = pool.submit(job)
        wait_for(lambda: result.done() or _done_by_dask(client) >= share, "task at work")
        at_work = [name for name, tasks in client.processing().items() if "slowly" in str(tasks)]
        assert not result.done()
        kill([pids[at_work[0]]])
        assert not result.done()
        counted = result.result(PATIENCE)
    said = [event for _, event in client.get_events("all")]
    (lost,) = (
        it for it in said if it.get("worker") == at_work[0] and it.get("action") == "remove-worker"
    )
    return counted, lost


def _done_by_dask(client):
    """Return the share of the slow tasks that are done, where some are and others are at work."""
    states = client.run_on_scheduler(
        lambda dask_scheduler: [
            task.state for key, task in dask_scheduler.tasks.items() if "slowly" in str(key)
        ]
    )
    done = states.count("memory") + states.count("released")
    return done / len(states) if "processing" in states else 0


# Spark -------------------------------------------------------------------------------------------

PARTITION = 1 << 33  # Spark numbers the rows of each partition from a multiple of this
LIGHT = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1"
SETTINGS = f"""
spark.driver.extraJavaOptions       {LIGHT}
spark.executor.extraJavaOptions     {LIGHT}
spark.executor.memory               512m
spark.pyspark.python                /no/executor/needs/one
spark.sql.session.timeZone          Pacific/Auckland
spark.sql.files.maxPartitionBytes   1m
spark.ui.port                       0
spark.eventLog.enabled              true
spark.eventLog.compress             false
spark.eventLog.rolling.enabled      false
spark.eventLog.dir                  log
"""
"""Of every driver here: the time zone must not matter, and each file is a task of its own."""


def slow_in_spark(frame, seconds):
    """Return a frame with the same rows, of which the first of each partition takes its time."""
    sleep = f"reflect('java.lang.Thread', 'sleep', {round(seconds * 1000)}L)"
    first = f"pmod(monotonically_increasing_id(), {PARTITION}) = 0"
    return frame.where(f"if({first}, {sleep}, '') != 'never'")


def spark_job(address, seconds, out, asked):
    from pyspark.sql import SparkSession

    import aistats as ai

    with SparkSession.builder.master(address).getOrCreate() as spark:
        print(spark.sparkContext.uiWebUrl, flush=True)
        events = slow_in_spark(spark.read.parquet("events"), float(seconds))
        ai.count_events(events, **json.loads(asked)).to_pickle(out)


class Spark:
    """A master and two workers; each process leads a group with all that it starts."""

    def __init__(self, folder, home):
        self.folder = folder
        self.home = home
        self.numbers = count()
        self.started = []
        self.workers = []

    def open(self):
        for name in ("conf", "log"):
            (self.folder / name).mkdir()
        (self.folder / "conf" / "spark-defaults.conf").write_text(SETTINGS, encoding="utf-8")
        _, said = self._start("master.Master")
        self.address = wait_for(lambda: _found(r"spark://[\d.]+:[1-9]\d*", said), "master")[0]
        self.page = wait_for(lambda: _found(r"MasterWebUI.*(http://\S+)", said), "page of it")[1]
        self.keep_two_workers()

    def close(self):
        for process in self.started:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        wait_for(lambda: not self._left(), "end of all processes")

    def keep_two_workers(self):
        """Start workers in the place of those that were killed."""
        self.workers = [worker for worker in self.workers if worker.poll() is None]
        while len(self.workers) < 2:
            options = ["-c", "1", "-m", "1g", "--work-dir", "work", self.address]
            self.workers.append(self._start("worker.Worker", *options)[0])
        wait_for(lambda: self._states().count("ALIVE") == 2, "two workers")

    def start_job(self, seconds, out, **asked):
        """Count events in a driver; return it, and the address of what it tells."""
        script = [sys.executable, "-W", "error", __file__, self.address]
        job, said = self.run("job", *script, seconds, out, json.dumps(asked))
        page = wait_for(lambda: job.poll() is not None or _found(r"http://\S+", said), "session")
        assert job.poll() is None, said.read_text(encoding="utf-8")
        (app,) = _asked(f"{page[0]}/api/v1/applications")
        return job, f"{page[0]}/api/v1/applications/{app['id']}"

    def log_of(self, page):
        """Return all that happened to a driver that has ended."""
        return (self.folder / "log" / page.split("/")[-1]).read_text(encoding="utf-8")

    def kill_midway(self, job, page, share):
        """Kill a worker and its executor once a share of the tasks is done."""
        import psutil

        wait_for(lambda: job.poll() is not None or _done_by_spark(page) >= share, "task at work")
        worker = self.workers[0].pid
        executors = [process.pid for process in psutil.Process(worker).children()]
        assert executors
        assert job.poll() is None
        kill([worker, *executors])
        assert job.poll() is None

    def run(self, name, *command):
        """Start a process; return it and its log."""
        said = self.folder / f"{name}-{next(self.numbers)}.log"
        settings = {
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_CONF_DIR": str(self.folder / "conf"),
            "SPARK_LOCAL_DIRS": str(self.folder),
            "SPARK_DAEMON_MEMORY": "256m",
            "SPARK_DAEMON_JAVA_OPTS": LIGHT,
        }
        with said.open("wb") as log:
            process = subprocess.Popen(
                [str(word) for word in command],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env=os.environ | settings,
                start_new_session=True,
            )
        self.started.append(process)
        return process, said

    def _start(self, role, *options):
        here = ["--host", "127.0.0.1", "--port", "0", "--webui-port", "0"]
        spark_class = [self.home / "bin" / "spark-class", f"org.apache.spark.deploy.{role}"]
        return self.run(role, *spark_class, *here, *options)

    def _left(self):
        import psutil

        groups = {process.pid for process in self.started}
        left = []
        for pid in psutil.pids():
            with suppress(ProcessLookupError):
                if os.getpgid(pid) in groups and is_alive(pid):
                    left.append(pid)
        return left

    def _states(self):
        return [worker["state"] for worker in _asked(f"{self.page}/json/")["workers"]]


def _done_by_spark(page):
    """Return the share of the tasks that are done, where some are and others are at work."""
    for stage in _asked(f"{page}/stages?status=active") or ():
        if stage["numActiveTasks"] and stage["numTasks"] > 1:
            return stage["numCompleteTasks"] / stage["numTasks"]
    return 0


def _found(pattern, path):
    return re.search(pattern, path.read_text(encoding="utf-8"))


def _asked(address):
    with suppress(URLError, ConnectionError), urlopen(address, timeout=PATIENCE) as answer:
        return json.load(answer)
    return None  # it has ended, as the caller will see


@contextmanager
def spark_cluster(folder):
    if (spec := find_spec("pyspark")) is None:
        missing("pyspark")
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        missing("Java")
    spark = Spark(folder, Path(spec.origin).parent)
    try:
        spark.open()
        yield spark
    finally:
        spark.close()


if __name__ == "__main__":
    spark_job(*sys.argv[1:])
