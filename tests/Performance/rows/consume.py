"""Consumers: cached reads, cold reads beside a tail, and how soon a waiting reader has what was committed."""
import glob
import os
import threading

from measuring.bench import bench, interleaved, limits, middle
from measuring.node import Node
from measuring.row import Result, row

COLD_MEGABYTES = 2048
TAIL = ["--rate", 1000]


@row("Catch-up read of cached data, 1 MiB fetches", "≥ 70 % of raw read-and-send over loopback")
def cached_read():
    with Node() as node:
        ours, machine = interleaved(lambda: bench("consume", *node.brokers(), "--fill", 256), lambda: limits(node.directory))
    raw = middle(machine, "page-cache read and loopback send, 1 MiB", "megabytes_per_second")
    rate = middle(ours, "megabytes_per_second")
    return Result(f"{rate:,.0f} of {raw:,.0f} MB/s: {rate / raw:.0%}", rate >= 0.7 * raw, runs=ours, limits=machine)


@row("Cold catch-up reader beside a tail reader", "the tail's p99 ≤ 1.5 × its p99 alone")
def cold_read():
    with Node() as node:
        node.create("cold")
        bench("consume", *node.brokers(), "--topic", "cold", "--fill", COLD_MEGABYTES, time=1)
        alone, beside = interleaved(lambda: bench("end-to-end", *node.brokers(), *TAIL), lambda: _beside_cold(node))
    first, second = middle(alone, "latency_us", "p99"), middle(beside, "tail", "latency_us", "p99")
    cold = middle(beside, "cold", "megabytes_per_second")
    return Result(
        f"{second / 1e3:.2f} ms beside {cold:,.0f} MB/s of cold data, {first / 1e3:.2f} ms alone: {second / first:.2f} ×", second <= 1.5 * first, alone=alone, beside=beside)


def _beside_cold(node):
    """The tail while another consumer reads a topic that is pushed out of the page cache again and again."""
    over = threading.Event()
    evicting = threading.Thread(target=_evict, args=(node.directory, over))
    evicting.start()
    reports = {}
    reading = threading.Thread(target=lambda: reports.update(cold=bench("consume", *node.brokers(), "--topic", "cold", "--fill", 0)))
    reading.start()
    reports["tail"] = bench("end-to-end", *node.brokers(), *TAIL)
    reading.join()
    over.set()
    evicting.join()
    return reports


def _evict(directory, over):
    """Only whole segments that are no longer written; the page cache drops what is on disk already."""
    while not over.wait(0.1):
        for path in glob.glob(f"{directory}/**/*.log", recursive=True):
            if os.path.getsize(path) < 64 << 20:
                continue
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            finally:
                os.close(descriptor)


@row("Commit → a waiting reader has it", "p99 ≤ 1 ms")
def wake_up():
    with Node() as node:
        (runs,) = interleaved(lambda: bench("end-to-end", *node.brokers(), *TAIL, "--svg", "latency-end-to-end.svg"))
    after, whole = middle(runs, "read_after_ack_us", "p99"), middle(runs, "latency_us", "p99")
    return Result(f"p99 {after:.0f} µs after the acknowledgement ({whole / 1e3:.2f} ms from the intended sending)", after <= 1000, runs=runs)
