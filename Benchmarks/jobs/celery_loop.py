"""No-op tasks through Celery at its fastest: published with confirms, run by one solo worker with prefetch 250."""

import os
import time

from celery import Celery
from celery.signals import worker_ready

COUNT = int(os.environ.get("CELERY_MESSAGES", "5000"))
app = Celery("bench", broker=os.environ["CELERY_BROKER"], backend=None)
app.conf.update(
    broker_transport_options={"confirm_publish": True},
    task_default_queue="bench.celery",
    task_acks_late=True,
    task_ignore_result=True,
    worker_prefetch_multiplier=250,
    worker_hijack_root_logger=False,
    worker_redirect_stdouts=False,
    task_store_errors_even_if_ignored=False,
)
done = 0
started = 0.0


@app.task(name="noop")
def noop(text):
    global done
    done += 1
    if done == COUNT:
        print(f"consume {COUNT} in {time.monotonic() - started:.2f} seconds: {COUNT / (time.monotonic() - started):.0f} /s", flush=True)
        app.control.shutdown()


@worker_ready.connect
def begin(**_):
    global started
    started = time.monotonic()


if __name__ == "__main__":
    text = "x" * 1000
    start = time.monotonic()
    with app.producer_pool.acquire(block=True) as producer:
        for _ in range(COUNT):
            noop.apply_async((text,), producer=producer)
    print(f"publish {COUNT} in {time.monotonic() - start:.2f} seconds: {COUNT / (time.monotonic() - start):.0f} /s", flush=True)
    app.worker_main(["--quiet", "worker", "--pool=solo", "--loglevel=ERROR", "--without-gossip", "--without-mingle", "--without-heartbeat"])
