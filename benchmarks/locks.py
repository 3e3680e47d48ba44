"""What locks.mjs measures, in CPython's multiprocessing. Prints nanoseconds per operation."""
import multiprocessing as mp
import sys
import time


def contend(lock, go, times):
    go.wait()
    for _ in range(times):
        lock.acquire()
        lock.release()


def hand_over(mine, other, times):
    for _ in range(times):
        mine.wait()
        mine.clear()
        other.set()


def uncontended():
    lock, times = mp.Lock(), 500_000
    start = time.perf_counter()
    for _ in range(times):
        lock.acquire()
        lock.release()
    return (time.perf_counter() - start) / times


def contended():
    lock, go, times = mp.Lock(), mp.Event(), 200_000
    children = [mp.Process(target=contend, args=(lock, go, times)) for _ in range(2)]
    for child in children:
        child.start()
    time.sleep(0.2)
    start = time.perf_counter()
    go.set()
    for child in children:
        child.join()
    return (time.perf_counter() - start) / (2 * times)


def handOver():
    a, b, times = mp.Event(), mp.Event(), 3000
    children = [mp.Process(target=hand_over, args=pair) for pair in ((a, b, times), (b, a, times))]
    for child in children:
        child.start()
    time.sleep(0.2)
    start = time.perf_counter()
    a.set()
    for child in children:
        child.join()
    return (time.perf_counter() - start) / (2 * times)


if __name__ == "__main__":
    print(globals()[sys.argv[1]]() * 1e9)
