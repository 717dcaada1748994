"""What goes on beside the clients: compaction, memory, starts."""
import os
import statistics
import threading
import time

from measuring import bench as measuring
from measuring.bench import bench, limits
from measuring.node import Node
from measuring.row import Result, row

MIB = 1 << 20
full = False


@row("Compaction running beside a half-rate produce", "produce p99 ≤ 2 × its p99 alone; ≥ 100 MB/s read by the cleaner on one core")
def compaction():
    gigabytes = 10 if full else 2
    shape = ["--batch-records", 100, "--connections", 2]
    cleaner = ["log.cleaner.backoff.ms=1000", "log.cleaner.min.cleanable.ratio=0.01"]
    node = Node("log.cleaner.enable=false")
    with node:
        node.create("compacted", 1, "cleanup.policy=compact", f"segment.bytes={128 * MIB}")
        rate = bench("produce", *node.brokers(), *shape)["records_per_second"] / 2
        filled = 0
        while filled < gigabytes * 1e9:
            run = bench("produce", *node.brokers(), "--topic", "compacted", *shape, "--keys", 100_000, time=5, warm_up="0s")
            filled += run["megabytes_per_second"] * run["seconds"] * 1e6
        # What the kernel still has to write, or to discard of the topics before, would hold up the produce alone.
        _wait_for_the_disk()
        alone = bench("produce", *node.brokers(), *shape, "--rate", rate, time=10)
        node.stop()
        node.arguments = [part for setting in cleaner for part in ("--set", setting)]
        _wait_for_the_disk()
        node.start(120)
        clocked = _Clocked(node)
        beside = bench("produce", *node.brokers(), *shape, "--rate", rate, time=10)
        speed = clocked.megabytes_per_second()
    first, second = alone["latency_us"]["p99"], beside["latency_us"]["p99"]
    return Result(
        f"p99 {second / 1e3:.2f} ms, alone {first / 1e3:.2f} ms: {second / first:.1f} ×; the cleaner read {speed:,.0f} MB/s of {gigabytes} GB meanwhile",
        second <= 2 * first and speed >= 100, alone=alone, beside=beside, read_megabytes_per_second=speed)


class _Clocked:
    """How fast the cleaner reads, from when it was first seen to have read until asked."""

    def __init__(self, node):
        self.node = node
        self.looks = []
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._look)
        self.thread.start()

    def _look(self):
        while not self.over.wait(0.5):
            read = self.node.metric("gateway_cleaner_read_bytes_total")
            # Only steps: the metric moves once a segment.
            if read > (self.looks[-1][1] if self.looks else 0):
                self.looks.append((time.monotonic(), read))

    def megabytes_per_second(self):
        self.over.set()
        self.thread.join()
        if len(self.looks) < 2:
            return 0
        (begin, first), (end, last) = self.looks[0], self.looks[-1]
        return (last - first) / (end - begin) / 1e6


def _wait_for_the_disk():
    """Until little is to be written and a second has passed in which nothing was written or discarded to speak of; two minutes at most."""
    os.sync()
    deadline = time.monotonic() + 120
    before = _disk_work()
    while time.monotonic() < deadline:
        time.sleep(1)
        now = _disk_work()
        if _dirty_kib() <= 64 * 1024 and now - before < 8 << 10:
            return
        before = now


def _disk_work():
    """KiB that were written to or discarded on the machine's disks so far."""
    with open("/proc/diskstats", encoding="ascii") as stats:
        rows = [line.split() for line in stats]
    return sum(int(fields[9]) + (int(fields[16]) if len(fields) > 16 else 0) for fields in rows) // 2


def _dirty_kib():
    with open("/proc/meminfo", encoding="ascii") as info:
        sizes = dict(line.split(":") for line in info)
    return sum(int(sizes[name].split()[0]) for name in ("Dirty", "Writeback"))


def _size(node):
    return sum(os.path.getsize(os.path.join(path, file)) for path, _, files in os.walk(node.directory) for file in files if file.endswith(".log"))


@row("Allocation", "≤ 16 bytes per request over 1 M one-record produces and 1 M fetches")
def allocation():
    requests = 1_000_000 if full else 200_000
    with Node() as node:
        produced = _allocated(node, requests, "produce", "--connections", 16, "--record-size", 100)
        fetched = _allocated(node, requests, "consume", "--connections", 8, "--record-size", 100, "--batch-records", 2, "--fill", 4, "--max-bytes", 1)
    return Result(f"{produced:.1f} B a produce, {fetched:.1f} B a fetch", max(produced, fetched) <= 16, produce=produced, fetch=fetched)


def _allocated(node, requests, *load):
    bench(*load[:1], *node.brokers(), *load[1:], time=3)  # code compiled, buffers grown
    before, done = node.metric("dotnet_gc_allocated_bytes_total"), 0
    while done < requests:
        done += bench(*load[:1], *node.brokers(), *load[1:], warm_up="0s")["requests"]
    return (node.metric("dotnet_gc_allocated_bytes_total") - before) / done


@row("Idle with everything on", "≤ 100 MiB RSS, < 0.5 % of a core; with 10,000 partitions ≤ 400 MiB")
def idle():
    with Node() as node:
        time.sleep(10)
        cpu, rss = _cores(node, 30), node.rss_mib()
        for i in range(10):
            node.create(f"many-{i}", 1000)
        time.sleep(5)
        many_cpu, many = _cores(node, 10), node.rss_mib()
    return Result(
        f"{rss:.0f} MiB, {cpu:.2%} of a core; 10,000 partitions {many:.0f} MiB, {many_cpu:.2%} of a core", rss <= 100 and cpu < 0.005 and many <= 400,
        rss_mib=rss, cores=cpu, many_rss_mib=many, many_cores=many_cpu)


def _cores(node, seconds):
    before = node.cpu_seconds()
    time.sleep(seconds)
    return (node.cpu_seconds() - before) / seconds


@row("200 MB/s in and out for 5 minutes", "≤ 250 MiB RSS, no blocking gen-2 collection, pause p99.9 ≤ 5 ms")
def soak():
    seconds = 300 if full else 30
    with Node("log.retention.check.interval.ms=5000") as node:
        before = _collections(node)
        run = bench(
            "end-to-end", *node.brokers(), "--rate", 200_000, "--batch-records", 100, "--connections", 2, "--partitions", 2,
            "--topic-config", f"retention.bytes={1024 * MIB}", "--topic-config", f"segment.bytes={128 * MIB}", time=seconds)
        after = _collections(node)
        peak = node.peak_mib()
    blocking, collections = after["blocking"] - before["blocking"], after["collections"] - before["collections"]
    longest = _longest_pause(before, after)
    return Result(
        f"{run['megabytes_per_second']:,.0f} MB/s for {seconds} s: peak {peak:.0f} MiB, {blocking:.0f} blocking gen-2, {collections:.0f} collections, no pause longer than {longest * 1e3:.1f} ms",
        peak <= 250 and blocking == 0 and longest <= 0.005 and run["megabytes_per_second"] > 195,
        run=run, peak_mib=peak, collections=after, collections_before=before, longest_pause_seconds=longest)


def _collections(node):
    """What the collector has done since the start; a start collects twice before anybody is served."""
    return {
        "blocking": node.metric("dotnet_gc_blocking_gen2_total"),
        "collections": node.metric("dotnet_gc_collections_total", 'generation="0"'),
        "paused": node.metric("dotnet_gc_pause_seconds_total"),
        "seen": node.metric("dotnet_gc_pauses_seconds_sum"),
        "pauses": node.buckets("dotnet_gc_pauses_seconds"),
    }


def _longest_pause(before, after):
    """Seconds no pause was longer than: the bound of the last bucket that gained, or all the pauses that were not seen one by one together."""
    bounds = sorted(after["pauses"])
    gained = [after["pauses"][bound] - before["pauses"].get(bound, 0) for bound in bounds]
    total = gained[-1] if gained else 0
    longest = next((bound for bound, count in zip(bounds, gained) if count == total), 0) if total else 0
    unseen = (after["paused"] - before["paused"]) - (after["seen"] - before["seen"])
    return max(longest, unseen)


@row("Start, empty → READY", "≤ 300 ms")
def start():
    times = []
    for _ in range(10):
        node = Node()
        with_start = node.timed_start()
        node._clean_up()
        times.append(with_start)
    middle = statistics.median(times)
    return Result(f"{middle * 1e3:.0f} ms (fastest of 10: {min(times) * 1e3:.0f} ms)", middle <= 0.3, seconds=times)


@row("Start with 1,000 partitions and 10 GB", "≤ 2 s after a clean stop, ≤ 10 s after `kill -9`")
def restart():
    gigabytes = 10 if full else 2
    with Node() as node:
        node.create("large", 1000)
        while _size(node) < gigabytes * 1e9:
            bench("produce", *node.brokers(), "--topic", "large", "--batch-records", 100, "--connections", 4, time=10, warm_up="0s")
        node.stop()
        clean = node.timed_start()
        load = threading.Thread(target=_killed_under_load, args=(node,))
        load.start()
        time.sleep(4)
        node.kill()
        load.join()
        killed = node.timed_start()
    return Result(f"{clean:.2f} s after a clean stop, {killed:.2f} s after `kill -9` under load ({gigabytes} GB)", clean <= 2 and killed <= 10, clean=clean, killed=killed)


def _killed_under_load(node):
    try:
        bench("produce", *node.brokers(), "--topic", "large", "--connections", 8, time=8, warm_up="0s")
    except RuntimeError:
        pass  # the broker was killed under it, as intended
