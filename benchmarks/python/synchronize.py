"""Locks and events of multiprocessing: synchronize.py lock|lock-contended|lock-hand-over|event-wake <times>."""
import multiprocessing as mp
import sys
import time

from report import report


def timed(place, action):
    """In a process of `time_together`: waits until all are there, and says when its action began and ended."""
    ready, go, begins, ends, index = place
    with ready.get_lock():
        ready.value += 1
    go.wait()
    begins[index] = time.monotonic()
    action()
    ends[index] = time.monotonic()


def time_together(target, argument_lists):
    """Seconds from the first that begins to the last that ends, of processes that begin at the same moment."""
    ready, go = mp.Value("i"), mp.Event()
    begins, ends = (mp.RawArray("d", len(argument_lists)) for _ in range(2))
    children = [
        mp.Process(target=target, args=(*args, (ready, go, begins, ends, index)))
        for index, args in enumerate(argument_lists)
    ]
    for child in children:
        child.start()
    while ready.value < len(children):
        time.sleep(0.005)
    go.set()
    for child in children:
        child.join()
        assert child.exitcode == 0
    return max(ends) - min(begins)


def contend(lock, times, place):
    def action():
        for _ in range(times):
            lock.acquire()
            lock.release()

    timed(place, action)


def wake_in_turn(mine, other, begins, rounds, place):
    def action():
        if begins:
            other.set()
        for n in range(rounds):
            mine.wait()
            mine.clear()
            if not begins or n < rounds - 1:
                other.set()

    timed(place, action)


def lock_alone(times):
    """Nanoseconds of acquire + release."""
    lock = mp.Lock()
    start = time.perf_counter()
    for _ in range(times):
        lock.acquire()
        lock.release()
    return (time.perf_counter() - start) * 1e9 / times


def lock_contended(times):
    lock = mp.Lock()
    return time_together(contend, [(lock, times), (lock, times)]) * 1e9 / (2 * times)


def hand_over(mine, other, rounds, place):
    def action():
        for _ in range(rounds):
            mine.acquire()
            other.release()

    timed(place, action)


def lock_hand_over(rounds):
    """Microseconds from release() to the one who waits."""
    a, b = mp.Lock(), mp.Lock()
    b.acquire()
    seconds = time_together(hand_over, [(a, b, rounds), (b, a, rounds)])
    return seconds * 1e6 / (2 * rounds)


def event_wake(rounds):
    """Microseconds from set() to the waiter."""
    a, b = mp.Event(), mp.Event()
    seconds = time_together(wake_in_turn, [(a, b, True, rounds), (b, a, False, rounds)])
    return seconds * 1e6 / (2 * rounds)


if __name__ == "__main__":
    what = {
        "lock": lock_alone,
        "lock-contended": lock_contended,
        "lock-hand-over": lock_hand_over,
        "event-wake": event_wake,
    }[sys.argv[1]]
    report(what(int(sys.argv[2])))
