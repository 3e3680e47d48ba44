"""A multiprocessing.Pool at the work of the rows: pool.py tasks|round-trip|map|map-again|large <size>."""
import multiprocessing as mp
import statistics
import sys
import time

from report import report

WORKERS = 2


def noop(n):
    return n


def double(n):
    return n * 2


def edges(data):
    return data[0], data[-1], len(data)


def tasks(pool, count):
    for result in [pool.apply_async(noop, (n,)) for n in range(5000)]:
        result.get()
    start = time.perf_counter()
    results = [pool.apply_async(noop, (n,)) for n in range(count)]
    results = [result.get() for result in results]
    seconds = time.perf_counter() - start
    assert results == list(range(count))
    return count / seconds


def round_trip(pool, count):
    """Median microseconds."""
    times = []
    for n in range(count + count // 4):
        start = time.perf_counter()
        result = pool.apply(noop, (n,))
        times.append(time.perf_counter() - start)
        assert result == n
    return statistics.median(times[count // 4 :]) * 1e6


def map_items(pool, count):
    items = list(range(count))
    pool.map(double, items[:10_000])
    return count / map_once(pool, items)


def map_again(pool, count):
    items = list(range(count))
    map_items(pool, count)
    return count / statistics.median(map_once(pool, items) for _ in range(10))


def map_once(pool, items):
    """Seconds."""
    start = time.perf_counter()
    results = pool.map(double, items)
    seconds = time.perf_counter() - start
    assert results == [2 * n for n in items]
    return seconds


def large(pool, mebibytes):
    """MiB per second."""
    data = bytearray(b"\7" * (mebibytes * 2**20))
    times = []
    for n in range(9):
        data[0], data[-1] = n, n + 1
        start = time.perf_counter()
        result = pool.apply(edges, (data,))
        times.append(time.perf_counter() - start)
        assert result == (n, n + 1, len(data))
    return mebibytes / statistics.median(times[2:])


if __name__ == "__main__":
    what = {
        "tasks": tasks,
        "round-trip": round_trip,
        "map": map_items,
        "map-again": map_again,
        "large": large,
    }[sys.argv[1]]
    with mp.Pool(WORKERS) as workers:
        report(what(workers, int(sys.argv[2])))
