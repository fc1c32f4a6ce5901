"""No-op actors through Dramatiq: published with confirms, then run by one worker of two threads."""

import os
import threading
import time

import dramatiq
from dramatiq.brokers.rabbitmq import RabbitmqBroker

COUNT = int(os.environ.get("DRAMATIQ_MESSAGES", "5000"))
broker = RabbitmqBroker(url=os.environ["DRAMATIQ_BROKER"], confirm_delivery=True)
dramatiq.set_broker(broker)
finished = threading.Event()
lock = threading.Lock()
done = 0


@dramatiq.actor(queue_name="bench.dramatiq")
def noop(text):
    global done
    with lock:
        done += 1
        if done == COUNT:
            finished.set()


def report(what, start):
    seconds = time.monotonic() - start
    print(f"{what} {COUNT} in {seconds:.2f} seconds: {COUNT / seconds:.0f} /s", flush=True)


if __name__ == "__main__":
    text = "x" * 1000
    start = time.monotonic()
    for _ in range(COUNT):
        noop.send(text)
    report("publish", start)
    worker = dramatiq.Worker(broker, worker_threads=2)
    start = time.monotonic()
    worker.start()
    finished.wait(600)
    report("consume", start)
    worker.stop()
