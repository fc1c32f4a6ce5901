"""The processes of the endurance run (broker, publisher, workers), and what is seen of them from outside."""

import os
import signal
import socket
import sqlite3
import subprocess
import threading
import time
import urllib.parse
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# A quorum queue tells its counts every five seconds.
TICK_SECONDS = 6


class Broker:
    """A private broker, started and stopped by .ci/servers."""

    def __init__(self, folder):
        self.folder = folder
        self.pid = None
        self.url = None
        # How often it was started: each time it is a process of its own.
        self.life = 0

    def _servers(self, command, **settings):
        self.folder.mkdir(parents=True, exist_ok=True)
        # Into a file: the servers keep what they are started with, and would hold a pipe open.
        with open(self.folder / "servers.log", "a") as log:
            subprocess.run([ROOT / ".ci/servers", command, self.folder], stdout=log, stderr=log, check=True,
                           env=os.environ | settings)

    def _read_env(self):
        values = dict(line.split("=", 1) for line in (self.folder / "env").read_text().splitlines())
        self.life += 1
        self.pid = int(values["SRTO_RABBITMQ_PID"])
        self.url = values["SRTO_AMQP_URL"]

    def start(self):
        self._servers("start", SRTO_LOAD_DEFINITIONS="1")
        self._read_env()

    def stop(self):
        self._servers("stop")

    def restart(self, how):
        """Ends the broker by `kill -9` or `stop` and starts it. Returns when its port answered again."""
        pid, self.pid = self.pid, None
        down = time.time()
        if how == "stop":
            self._servers("stop-rabbitmq")
        else:
            os.kill(pid, signal.SIGKILL)
            while Path(f"/proc/{pid}").exists():
                time.sleep(0.01)
        returned = []
        watch = threading.Thread(target=lambda: returned.append(self._wait_for_port()))
        watch.start()
        self._servers("start-rabbitmq")
        watch.join()
        self._read_env()
        print(f"broker: {how}, back after {returned[0] - down:.1f} s", flush=True)
        return {"how": how, "down": down, "back": returned[0]}

    def _wait_for_port(self):
        address = urllib.parse.urlparse(self.url)
        while True:
            try:
                socket.create_connection((address.hostname, address.port), timeout=1).close()
                return time.time()
            except OSError:
                time.sleep(0.005)

    def messages(self):
        """Messages in any queue, unacknowledged ones and dead letters included, as they were told at the last tick."""
        listing = subprocess.run(
            [self.folder / "rabbitmqctl", "-q", "-s", "list_queues", "-p", "srto", "name", "messages"],
            capture_output=True, text=True, check=True).stdout
        counts = (line.rsplit("\t", 1) for line in listing.splitlines())
        return {name: int(count) for name, count in counts if int(count) > 0}

    def wait_until_empty(self, seconds):
        """Waits for at most so long. Returns what there is then."""
        deadline = time.monotonic() + seconds
        # The tick of before may tell of a moment before the last message.
        time.sleep(TICK_SECONDS)
        while True:
            time.sleep(TICK_SECONDS)
            messages = self.messages()
            if not messages or time.monotonic() > deadline:
                return messages


class Fleet:
    """The publisher and the workers, by name."""

    def __init__(self, bench, folder, settings, broker):
        self.bench = bench
        self.folder = folder
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith("SRTO_")}
        self.environment |= settings | {"SRTO_AMQP_URL": broker.url}
        self.processes = {}
        self.modes = {}

    def start(self, name, mode):
        self.modes[name] = mode
        with open(self.folder / f"{name.replace(' ', '-')}.log", "a") as log:
            self.processes[name] = subprocess.Popen(
                [self.bench, mode], cwd=ROOT, env=self.environment | {"NAME": name}, stdout=log, stderr=log)

    def kill_and_start(self, name):
        process = self.processes[name]
        if process.poll() is not None:
            raise RuntimeError(f"{name} ended by itself with {process.returncode}: see its log")
        process.kill()
        process.wait()
        self.start(name, self.modes[name])

    def stop(self):
        """Ends all in good order. Returns how each of them ended."""
        for process in self.processes.values():
            process.terminate()
        return {name: process.wait(30) for name, process in self.processes.items()}

    def end(self):
        for process in self.processes.values():
            if process.poll() is None:
                process.kill()
                process.wait()

    def run_alone(self, mode):
        return subprocess.run([self.bench, mode], cwd=ROOT, env=self.environment).returncode


class Progress:
    """Reads the catalog from outside."""

    def __init__(self, path):
        deadline = time.monotonic() + 30
        while True:
            try:
                self.database = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)
                self.effects()
                return
            except sqlite3.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def value(self, sql, *arguments):
        return self.database.execute(sql, arguments).fetchone()[0]

    def effects(self):
        # Rows are never deleted, so the last one's number is their count, without counting.
        return self.value("SELECT ifnull(max(rowid), 0) FROM effects")

    def outcome(self):
        return {
            "jobs": self.value("SELECT count(*) FROM jobs"),
            "jobs without a mark": self.value("SELECT count(*) FROM jobs WHERE applied_at IS NULL"),
            "effects": self.value("SELECT count(*) FROM effects"),
            "distinct effects": self.value("SELECT count(DISTINCT job_id) FROM effects"),
            "outbox": self.value("SELECT count(*) FROM outbox"),
            "dead letters": self.value("SELECT count(*) FROM dead_letters"),
        }

    def attempts(self):
        sql = "SELECT attempt, count(*) FROM effects GROUP BY attempt ORDER BY attempt"
        return self.database.execute(sql).fetchall()

    def first_effects(self, since):
        """The first effect of each worker after a moment."""
        return dict(self.database.execute("SELECT worker, min(at) FROM effects WHERE at > ? GROUP BY worker", (since,)))


class MemorySampler:
    """Resident memory of every process, each second, by role."""

    def __init__(self, fleet, broker):
        self.fleet = fleet
        self.broker = broker
        self.samples = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._sample)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._ended.set()
        self._thread.join()

    def _sample(self):
        while not self._ended.wait(1):
            processes = {name: process.pid for name, process in self.fleet.processes.items()}
            if self.broker.pid:
                processes[f"broker, life {self.broker.life}"] = self.broker.pid
            for name, pid in processes.items():
                if resident := resident_kib(pid):
                    self.samples.setdefault(name, []).append(resident)


def resident_kib(pid):
    """None when the process has gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return None
    for line in status.splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return None
