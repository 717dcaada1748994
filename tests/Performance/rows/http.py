"""The HTTP proxy beside a bare web server that parses the same JSON."""
import tempfile

from measuring.bench import bench, interleaved, middle
from measuring.node import Node, NullHttp
from measuring.row import Result, row

LOAD = ["--connections", 16]


@row("HTTP produce, 1 record a request, 16 connections, acks=1", "≥ 50 % of bare Kestrel parsing the same JSON")
def http_cached():
    return _beside([], ["--topic-config", "write.caching=true"])


@row("The same, acks=all", "≥ 50 % of the same endpoint awaiting the same group commit")
def http_durable():
    with tempfile.TemporaryDirectory(prefix="gateway-performance-") as directory:
        return _beside(["--sync", directory], [])


def _beside(bare, configs):
    with Node() as node, NullHttp(*bare) as null:
        ours, ceiling = interleaved(
            lambda: bench("http-produce", *node.brokers(), "--url", node.proxy, *LOAD, *configs),
            lambda: bench("http-produce", *node.brokers(), "--url", null.url, *LOAD),
            least=4)  # of two pairs the medians swing by a third
    rate, most = middle(ours, "requests_per_second"), middle(ceiling, "requests_per_second")
    return Result(f"{rate:,.0f} of {most:,.0f} requests/s: {rate / most:.0%}", rate >= 0.5 * most, runs=ours, bare=ceiling)
