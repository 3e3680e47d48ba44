"""Median milliseconds of start + join of a process that does nothing: start.py spawn|forkserver|fork <milliseconds between> <times>."""
import multiprocessing as mp
import statistics
import sys
import time

from report import report


def noop():
    pass


def start_and_join(context, pause):
    time.sleep(pause)
    start = time.perf_counter()
    process = context.Process(target=noop)
    process.start()
    process.join()
    seconds = time.perf_counter() - start
    assert process.exitcode == 0
    return seconds * 1e3


if __name__ == "__main__":
    context, pause = mp.get_context(sys.argv[1]), int(sys.argv[2]) / 1000
    for _ in range(2):
        start_and_join(context, pause)
    report(statistics.median(start_and_join(context, pause) for _ in range(int(sys.argv[3]))))
