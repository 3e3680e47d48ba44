"""Small items per second from a child to this process: queue_items.py <items>."""
import multiprocessing as mp
import sys
import time

from report import report

WARM_UP = 1000


def produce(queue, count):
    for n in range(count):
        queue.put({"id": n, "name": "job"})


if __name__ == "__main__":
    count = int(sys.argv[1])
    queue = mp.Queue()
    producer = mp.Process(target=produce, args=(queue, WARM_UP + count))
    producer.start()
    for n in range(WARM_UP + count):
        item = queue.get()
        assert item["id"] == n and item["name"] == "job"
        if n == WARM_UP - 1:
            start = time.perf_counter()
    seconds = time.perf_counter() - start
    producer.join()
    report(count / seconds)
