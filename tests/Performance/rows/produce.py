"""Producers: what keeping the data costs beside a broker that does not keep it, and beside the disk."""
from measuring.bench import LIBRDKAFKA, bench, interleaved, librdkafka, limits, middle, pairs
from measuring.node import Node, NullBroker
from measuring.row import Result, row

BATCHED = ["--batch-records", 100, "--connections", 2]
CACHED = ["--topic-config", "write.caching=true"]
FIXED_RATE = 150_000
LIBRDKAFKA_MESSAGES = 1_000_000


@row("Produce 1 KiB batched, acks=1, `write.caching`: server CPU per GB at a fixed rate", "≤ 1.3 × (null broker + bare page-cache write of new data + CRC)")
def cached_cpu():
    with Node() as node, NullBroker() as null:
        machine = limits(node.directory)
        rate = ["--acks", 1, "--rate", FIXED_RATE]
        pair = (lambda: bench("produce", *node.brokers(), *BATCHED, *CACHED, *rate), lambda: bench("produce", *null.brokers(), *BATCHED, *rate))
        # What a young process still compiles is no cost of a gigabyte: both have run once before they count.
        for run in pair:
            run()
        ours, ceiling = interleaved(*pair)
    cpu, null_cpu = (middle(runs, "server", "cpu_seconds_per_gigabyte") for runs in (ours, ceiling))
    page, checksum = (machine[name]["cpu_seconds_per_gigabyte"] for name in ("page-cache write of new data, 64 KiB", "CRC32C, 64 KiB"))
    allowed = null_cpu + page + checksum
    return Result(
        f"{cpu:.2f} s/GB against {null_cpu:.2f} + {page:.2f} + {checksum:.2f}: {cpu / allowed:.2f} ×", cpu <= 1.3 * allowed,
        runs=ours, null=ceiling, limits=machine, generator_cores=middle(ours, "generator", "cores"))


@row("The same: rate", "≥ 80 % of the null broker's, with our generator and with librdkafka's")
def cached_rate():
    return _rates(1, CACHED, 0.8)


@row("Produce 1 KiB batched, acks=all, default durability: rate", "≥ 60 % of the null broker's, or ≥ 80 % of the disk's own bandwidth for the bytes written")
def durable_rate():
    return _rates(-1, [], 0.6)


def _rates(acks, configs, share):
    with Node() as node, NullBroker() as null:
        machine = limits(node.directory)
        before = node.written_bytes()
        ours, ceiling = interleaved(
            lambda: bench("produce", *node.brokers(), *BATCHED, *configs, "--acks", acks), lambda: bench("produce", *null.brokers(), *BATCHED, "--acks", acks))
        written = node.written_bytes() - before
        payload = sum(run["megabytes_per_second"] * (run["seconds"] + 2) * 1e6 for run in ours)
        theirs = {}
        if LIBRDKAFKA:
            node.create("librdkafka", 1, *[c for c in configs if c != "--topic-config"])
            theirs = {name: max(librdkafka(broker.kafka, "librdkafka", LIBRDKAFKA_MESSAGES, acks) for _ in range(pairs))
                      for name, broker in (("ours", node), ("null", null))}
    rate, most = middle(ours, "megabytes_per_second"), middle(ceiling, "megabytes_per_second")
    disk = machine["write past the page cache, 1 MiB"]["megabytes_per_second"]
    amplified = max(1, written / payload)
    measured = f"{rate:,.0f} of {most:,.0f} MB/s: {rate / most:.0%}; {rate * amplified / disk:.0%} of the disk's {disk:,.0f} MB/s ({amplified:.2f} B written per byte)"
    holds = rate >= share * most or rate * amplified >= 0.8 * disk
    if theirs:
        measured += f"; librdkafka {theirs['ours']:,.0f} of {theirs['null']:,.0f} MB/s: {theirs['ours'] / theirs['null']:.0%}"
        holds = holds and theirs["ours"] >= share * theirs["null"]
    return Result(measured, holds, runs=ours, null=ceiling, limits=machine, librdkafka=theirs, written_per_byte=amplified)


@row("50 producers × 100 partitions, 1 record a batch, acks=all", "≥ 50 % of the same producers' rate on one partition; p99 ≤ 4 × p99 of syncing such a group")
def many_producers():
    with Node() as node:
        machine = limits(node.directory)
        spread, one = interleaved(
            lambda: bench("produce", *node.brokers(), "--connections", 50, "--partitions", 100),
            lambda: bench("produce", *node.brokers(), "--connections", 50, "--partitions", 1))
    many, few = middle(spread, "requests_per_second"), middle(one, "requests_per_second")
    p99, sync = middle(spread, "latency_us", "p99"), machine["append and sync, 256 KiB"]["p99_us"]
    return Result(
        f"{many:,.0f} of {few:,.0f} requests/s: {many / few:.0%}; p99 {p99 / 1e3:.2f} ms, sync of 256 KiB {sync / 1e3:.2f} ms: {p99 / sync:.1f} ×",
        many >= 0.5 * few and p99 <= 4 * sync, runs=spread, one_partition=one, limits=machine)


@row("Single produce, acks=all, idle: p50", "≤ (append + sync of 4 KiB + loopback round trip + two wake-ups) + 30 %")
def single():
    with Node() as node:
        machine = limits(node.directory)
        (runs,) = interleaved(lambda: bench("produce", *node.brokers(), "--in-flight", 1))
        again = limits(node.directory)
    parts = {name: (machine[name]["p50_us"] + again[name]["p50_us"]) / 2 for name in ("append and sync, 4 KiB", "loopback, 64 B there and back", "wake another thread, idle")}
    sync, trip, wake = parts.values()
    allowed = sync + trip + 2 * wake
    p50 = middle(runs, "latency_us", "p50")
    return Result(f"{p50:.0f} µs against {sync:.0f} + {trip:.0f} + 2 × {wake:.0f}: {p50 / allowed:.2f} ×", p50 <= 1.3 * allowed, runs=runs, limits=machine, limits_after=again)


@row("p99 at half the maximum rate, acks=1", "≤ 2 × the null broker's p99")
def half_rate_cached():
    with Node() as node, NullBroker() as null:
        rate = bench("produce", *node.brokers(), *BATCHED, *CACHED, "--acks", 1)["records_per_second"] / 2
        ours, ceiling = interleaved(
            lambda: bench("produce", *node.brokers(), *BATCHED, *CACHED, "--acks", 1, "--rate", rate, "--svg", "latency-half-rate-acks-1.svg"),
            lambda: bench("produce", *null.brokers(), *BATCHED, "--acks", 1, "--rate", rate))
    p99, least = middle(ours, "latency_us", "p99"), middle(ceiling, "latency_us", "p99")
    return Result(f"{p99 / 1e3:.2f} ms against {least / 1e3:.2f} ms at {rate:,.0f} records/s: {p99 / least:.1f} ×", p99 <= 2 * least, runs=ours, null=ceiling)


@row("p99 at half the maximum rate, acks=all", "≤ 3 × sync p99 at the same group size + the null broker's p99")
def half_rate_durable():
    with Node() as node, NullBroker() as null:
        machine = limits(node.directory)
        rate = bench("produce", *node.brokers(), *BATCHED)["records_per_second"] / 2
        ours, ceiling = interleaved(
            lambda: bench("produce", *node.brokers(), *BATCHED, "--rate", rate, "--svg", "latency-half-rate-acks-all.svg"),
            lambda: bench("produce", *null.brokers(), *BATCHED, "--rate", rate))
        again = limits(node.directory)
    p99, least = middle(ours, "latency_us", "p99"), middle(ceiling, "latency_us", "p99")
    sync = (machine["append and sync, 256 KiB"]["p99_us"] + again["append and sync, 256 KiB"]["p99_us"]) / 2
    return Result(
        f"{p99 / 1e3:.2f} ms against 3 × {sync / 1e3:.2f} + {least / 1e3:.2f} ms at {rate:,.0f} records/s: {p99 / (3 * sync + least):.2f} ×",
        p99 <= 3 * sync + least, runs=ours, null=ceiling, limits=machine, limits_after=again)


@row("64 and 512 in flight spread over 1,000 partitions, acks=all", "≥ 60 % of the same in flight on one partition")
def spread():
    told, holds, figures = [], True, {}
    with Node() as node:
        node.create("spread", 1000)
        for connections, window in ((16, 4), (32, 16)):
            shape = ["--connections", connections, "--in-flight", window]
            thousand, one = interleaved(
                lambda: bench("produce", *node.brokers(), *shape, "--topic", "spread"), lambda: bench("produce", *node.brokers(), *shape, "--partitions", 1))
            many, few = middle(thousand, "requests_per_second"), middle(one, "requests_per_second")
            told.append(f"{connections * window} in flight: {many:,.0f} of {few:,.0f} requests/s, {many / few:.0%}")
            holds = holds and many >= 0.6 * few
            figures[f"in_flight_{connections * window}"] = {"thousand": thousand, "one": one}
    return Result("; ".join(told), holds, **figures)


@row("lz4 and zstd batches, full validation", "≥ 70 % of the uncompressed record rate")
def codecs():
    shape = ["--batch-records", 100, "--connections", 2, "--shape", "Json"]
    names = ("None", "Lz4", "Zstd")
    with Node() as node:
        runs = dict(zip(names, interleaved(*[lambda name=name: bench("produce", *node.brokers(), *shape, "-z", name) for name in names])))
    rates = {name: middle(runs[name], "records_per_second") for name in names}
    told = "; ".join(f"{name.lower()} {rates[name]:,.0f} records/s ({rates[name] / rates['None']:.0%})" for name in names)
    return Result(told, min(rates["Lz4"], rates["Zstd"]) >= 0.7 * rates["None"], **runs)


@row("Topics that validate schema ids: 1, 10 and 100 Avro records of 1 KiB a batch, acks=all", "≥ 60 % of the rate without validation")
def validated():
    told, holds, figures = [], True, {}
    with Node() as node:
        node.create("validated", 1, "confluent.value.schema.validation=true")
        schema = node.register("validated-value", {"type": "fixed", "name": "Bench", "size": 1019})
        for records, connections in ((1, 4), (10, 4), (100, 2)):
            shape = ["--batch-records", records, "--connections", connections, "--schema-id", schema]
            on, off = interleaved(lambda: bench("produce", *node.brokers(), *shape, "--topic", "validated"), lambda: bench("produce", *node.brokers(), *shape))
            checked, free = middle(on, "requests_per_second"), middle(off, "requests_per_second")
            told.append(f"{records}: {checked:,.0f} of {free:,.0f} requests/s, {checked / free:.0%}")
            holds = holds and checked >= 0.6 * free
            figures[f"records_{records}"] = {"on": on, "off": off}
    return Result("; ".join(told), holds, **figures)
