"""The schema registry with much in it: starts, and lookups beside a bare web server that tells the same bytes."""
import statistics
import subprocess
import tempfile

from measuring.bench import EXECUTABLE, bench, interleaved, middle
from measuring.node import Node, NullHttp
from measuring.row import Result, row
from checks.registry_scale import write_export  # measuring.node says where it is

VERSIONS = 100_000
LOAD = ["--connections", 8, "--schemas", 1000]


def _filled():
    """A node with the versions, ten to a subject."""
    node = Node().start()
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as export:
        write_export(export.name, VERSIONS)
        subprocess.run([EXECUTABLE, "registry", "import", export.name, "-X", f"brokers={node.kafka}"], check=True, capture_output=True, timeout=300)
    return node


@row("Registry of 100,000 versions under 10,000 subjects: start after `kill -9`", "READY ≤ 2 s, ≤ 300 MiB RSS")
def registry_start():
    times, sizes = [], []
    node = _filled()
    try:
        for _ in range(5):
            node.kill()
            times.append(node.timed_start())
            sizes.append(node.rss_mib())
    finally:
        node._clean_up()
    ready, rss = statistics.median(times), max(sizes)
    return Result(f"READY after {ready:.2f} s (slowest of 5: {max(times):.2f} s), {rss:.0f} MiB", ready <= 2 and rss <= 300, seconds=times, rss_mib=sizes)


@row("`GET /schemas/ids/{id}` among them, 8 connections", "≥ 60 % of bare Kestrel telling the same bytes; p99 ≤ 2 ms at half the most")
def registry_lookup():
    node = _filled()
    try:
        node.kill()
        node.start()
        with NullHttp() as null:
            # Both compile their code anew while they are hot, which takes a core for seconds and is nothing a lookup costs.
            for url in node.registry, null.url:
                bench("registry", "--url", url, *LOAD)
            ours, ceiling = interleaved(
                lambda: bench("registry", "--url", node.registry, *LOAD), lambda: bench("registry", "--url", null.url, *LOAD))
            rate, most = middle(ours, "requests_per_second"), middle(ceiling, "requests_per_second")
            half, bare = interleaved(
                lambda: bench("registry", "--url", node.registry, *LOAD, "--rate", rate / 2),
                lambda: bench("registry", "--url", null.url, *LOAD, "--rate", rate / 2))
    finally:
        node._clean_up()
    p99, floor = (middle(runs, "latency_us", "p99") / 1e3 for runs in (half, bare))
    return Result(
        f"{rate:,.0f} of {most:,.0f} requests/s: {rate / most:.0%}; at {rate / 2:,.0f} requests/s p99 {p99:.2f} ms, the bare one's {floor:.2f} ms",
        rate >= 0.6 * most and p99 <= 2, runs=ours, bare=ceiling, half=half, bare_half=bare)
