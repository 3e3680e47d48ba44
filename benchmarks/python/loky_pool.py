"""loky's executor, and joblib on it, at the work of the rows: loky_pool.py tasks|round-trip|map|large <size>."""
import statistics
import sys
import time

from report import missing, report

try:
    from joblib import Parallel, delayed
    from joblib.externals.loky import get_reusable_executor
except ImportError:
    missing("joblib")

from pool import WORKERS, double, edges, noop


def tasks(count):
    executor = get_reusable_executor(max_workers=WORKERS)
    for future in [executor.submit(noop, n) for n in range(2000)]:
        future.result()
    start = time.perf_counter()
    futures = [executor.submit(noop, n) for n in range(count)]
    results = [future.result() for future in futures]
    seconds = time.perf_counter() - start
    assert results == list(range(count))
    return count / seconds


def round_trip(count):
    """Median microseconds."""
    executor = get_reusable_executor(max_workers=WORKERS)
    times = []
    for n in range(count + count // 4):
        start = time.perf_counter()
        result = executor.submit(noop, n).result()
        times.append(time.perf_counter() - start)
        assert result == n
    return statistics.median(times[count // 4 :]) * 1e6


def map_items(count):
    with Parallel(n_jobs=WORKERS, backend="loky") as pool:
        pool(delayed(double)(n) for n in range(10_000))
        start = time.perf_counter()
        results = pool(delayed(double)(n) for n in range(count))
        seconds = time.perf_counter() - start
    assert results == [2 * n for n in range(count)]
    return count / seconds


def large(mebibytes):
    """MiB per second."""
    executor = get_reusable_executor(max_workers=WORKERS)
    data = bytearray(b"\7" * (mebibytes * 2**20))
    times = []
    for n in range(9):
        data[0], data[-1] = n, n + 1
        start = time.perf_counter()
        result = executor.submit(edges, data).result()
        times.append(time.perf_counter() - start)
        assert result == (n, n + 1, len(data))
    return mebibytes / statistics.median(times[2:])


if __name__ == "__main__":
    what = {"tasks": tasks, "round-trip": round_trip, "map": map_items, "large": large}[sys.argv[1]]
    report(what(int(sys.argv[2])))
