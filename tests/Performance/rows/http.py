"""The HTTP proxy beside a bare web server that parses the same JSON, or that lets as many streams rest."""
import json
import select
import socket
import statistics
import tempfile
import time
from urllib.parse import urlsplit

from measuring.bench import bench, interleaved, middle
from measuring.node import Node, NullHttp, anonymous_kib
from measuring.row import Result, row
from lib.collection import collect  # measuring.node says where it is

LOAD = ["--connections", 16]


@row("HTTP produce, 1 record a request, 16 connections, acks=1", "≥ 50 % of bare Kestrel parsing the same JSON")
def http_cached():
    return _beside([], ["--topic-config", "write.caching=true"])


@row("The same, 100 records of 100 B a request", "≥ 60 % of bare Kestrel parsing the same JSON")
def http_batched_small():
    return _beside([], ["--topic-config", "write.caching=true"], records=100, size=100, least=0.6)


@row("The same, 100 records of 1 KiB a request", "≥ 60 % of bare Kestrel parsing the same JSON")
def http_batched():
    return _beside([], ["--topic-config", "write.caching=true"], records=100, least=0.6)


@row("The same, beside a bare web server that writes the same bytes to a file, too", "≥ 60 % of it")
def http_batched_written():
    with tempfile.TemporaryDirectory(prefix="gateway-performance-") as directory:
        return _beside(["--write", directory], ["--topic-config", "write.caching=true"], records=100, least=0.6)


@row("The same, acks=all", "≥ 50 % of the same endpoint awaiting the same group commit")
def http_durable():
    with tempfile.TemporaryDirectory(prefix="gateway-performance-") as directory:
        return _beside(["--sync", directory], [])


@row("1,000 and 2,000 readers of server-sent events at rest", "≤ 10 KB of private memory each")
def http_streams():
    with Node() as node, NullHttp() as null:
        node.create("rest")
        ours, bare = _resting(node.proxy, node.pid()), _resting(null.url, null.process.pid)
    each, floor = (statistics.median(sizes) for sizes in (ours, bare))
    return Result(
        f"{each / 1e3:.1f} KB each; a stream that begins and rests at bare Kestrel {floor / 1e3:.1f} KB", each <= 10_000, ours=ours, bare=bare)


@row("A reader of server-sent events waits: produce → its event, over two HTTP connections", "p99 ≤ 1 ms after the commit")
def http_wake():
    with Node() as node:
        node.create("wake")
        reader, writer = _stream(node.proxy, "/topics/wake/records?from=latest"), _connect(node.proxy)
        body = json.dumps({"records": [{"value": "eA=="}]}).encode()
        request = (f"POST /topics/wake HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/vnd.kafka.binary.v2+json\r\n"
                   f"Content-Length: {len(body)}\r\n\r\n").encode() + body
        times = [_wake(reader, writer, request) for _ in range(4000)][1000:]
    behind = _p99([event - answer for _, answer, event in times])
    whole = _p99([event - sent for sent, _, event in times])
    return Result(
        f"p99 {behind * 1e6:.0f} µs after the acknowledgement, {whole * 1e6:.0f} µs after the produce was sent", behind <= 0.001, times=times[::30])


def _wake(reader, writer, request):
    """When a produce was sent, when it was answered and when its event came."""
    sent = time.monotonic()
    writer.sendall(request)
    seen = {}
    while len(seen) < 2:
        for ready in select.select([one for one in (reader, writer) if one not in seen], [], [], 30)[0]:
            text = ready.recv(65536)
            if (b"event: record" if ready is reader else b'"offset"') in text:
                seen[ready] = time.monotonic()
    return sent, seen[writer], seen[reader]


def _p99(values):
    return statistics.quantiles(values, n=100)[98]


def _resting(url, pid):
    """Bytes of private memory for each of the first and of the second thousand, garbage collected before each look."""
    for reader in [_stream(url, "/topics/rest/records?from=latest") for _ in range(200)]:
        reader.close()
    readers, sizes = [], []
    collect(pid)
    before = anonymous_kib(pid)
    for _ in range(2):
        readers += [_stream(url, "/topics/rest/records?from=latest") for _ in range(1000)]
        collect(pid)
        sizes.append((anonymous_kib(pid) - before) * 1024 / len(readers))
    for reader in readers:
        reader.close()
    return sizes


def _connect(url):
    address = urlsplit(url)
    line = socket.create_connection((address.hostname, address.port), timeout=30)
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return line


def _stream(url, path):
    reader = _connect(url)
    reader.sendall(f"GET {path} HTTP/1.1\r\nHost: gateway\r\nAccept: text/event-stream\r\n\r\n".encode())
    text = b""
    while b"retry: " not in text:
        text += reader.recv(65536)
    return reader


def _beside(bare, configs, records=1, size=1024, least=0.5):
    load = [*LOAD, "--batch-records", records, "--record-size", size]
    with Node() as node, NullHttp(*bare) as null:
        # Both compile their code anew while they are hot, which takes a core for seconds and is nothing a request costs.
        bench("http-produce", *node.brokers(), "--url", node.proxy, *load, *configs)
        bench("http-produce", *node.brokers(), "--url", null.url, *load)
        ours, ceiling = interleaved(
            lambda: bench("http-produce", *node.brokers(), "--url", node.proxy, *load, *configs),
            lambda: bench("http-produce", *node.brokers(), "--url", null.url, *load),
            least=4)  # of two pairs the medians swing by a third
    rate, most = middle(ours, "requests_per_second"), middle(ceiling, "requests_per_second")
    return Result(f"{rate:,.0f} of {most:,.0f} requests/s: {rate / most:.0%}", rate >= least * most, runs=ours, bare=ceiling)
