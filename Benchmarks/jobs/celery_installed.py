"""No-op tasks through an unmodified `celery worker`: prefork, one process a core, prefetch multiplier 4.

Only the promise is made ours: published with confirms to a quorum queue, acknowledged late, and run again when their
worker is lost. Publishes, then becomes the worker.
"""

import multiprocessing
import os
import signal
import sys
import time

from celery import Celery
from celery.signals import worker_ready

COUNT = int(os.environ.get("CELERY_MESSAGES", "5000"))
app = Celery("celery_installed", broker=os.environ["CELERY_BROKER"])
app.conf.update(
    broker_transport_options={"confirm_publish": True},
    task_default_queue="bench.celery.installed",
    task_default_queue_type="quorum",
    task_acks_late=True,
    task_reject_on_worker_lost=True,
)
# The pool's processes are forked, so they share these.
done = multiprocessing.Value("i", 0)
started = multiprocessing.Value("d", 0.0)


def report(what, seconds):
    # A worker takes sys.stdout for its log.
    print(f"{what} {COUNT} in {seconds:.2f} seconds: {COUNT / seconds:.0f} /s", file=sys.__stdout__, flush=True)


@app.task(name="noop")
def noop(text):
    with done.get_lock():
        done.value += 1
        last = done.value == COUNT
    if last:
        report("consume", time.monotonic() - started.value)
        os.kill(os.getppid(), signal.SIGTERM)


@worker_ready.connect
def begin(**_):
    started.value = time.monotonic()


if __name__ == "__main__":
    text = "x" * 1000
    start = time.monotonic()
    with app.producer_pool.acquire(block=True) as producer:
        for _ in range(COUNT):
            noop.apply_async((text,), producer=producer)
    report("publish", time.monotonic() - start)
    os.execv(sys.executable, [sys.executable, "-m", "celery", "-A", "celery_installed", "worker"])
