"""Median microseconds of a small message to a child and back: pipe.py <round trips>."""
import multiprocessing as mp
import statistics
import sys
import time

from report import report


def echo(connection):
    try:
        while True:
            connection.send(connection.recv())
    except EOFError:
        pass


if __name__ == "__main__":
    count = int(sys.argv[1])
    here, there = mp.Pipe()
    # Not fork: the child would hold `here` open too, and wait for itself at the end.
    child = mp.get_context("spawn").Process(target=echo, args=(there,))
    child.start()
    there.close()
    times = []
    for n in range(count + count // 4):
        start = time.perf_counter()
        here.send({"id": n, "name": "job"})
        message = here.recv()
        times.append(time.perf_counter() - start)
        assert message["id"] == n
    here.close()
    child.join()
    report(statistics.median(times[count // 4 :]) * 1e6)
