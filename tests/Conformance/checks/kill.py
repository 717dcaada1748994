"""Rounds of kill -9 under load, native and over HTTP: nothing acknowledged is lost, order is kept, and idempotent records are there once."""
import os
import random
import subprocess
import sys
import threading
import time

from lib.clients import run
from lib.harness import check, equal, true
from lib.server import Gateway

ROUNDS = int(os.environ.get("KILL_ROUNDS", "10"))
NATIVE, NATIVE_PARTITIONS = "kill-native", 6
HTTP, HTTP_PARTITIONS = "kill-http", 2
LIB = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib")


class Load:
    """Producers in a process of their own; a thread collects what was acknowledged."""

    def __init__(self, program, door, topic, partitions):
        self.topic, self.partitions = topic, partitions
        self.acked, self.errors, self.done = {}, [], None
        self.process = subprocess.Popen(
            [sys.executable, os.path.join(LIB, program), door, topic, str(partitions)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.reader = threading.Thread(target=self._follow, daemon=True)
        self.reader.start()

    def _follow(self):
        for line in self.process.stdout:
            word, *rest = line.split(maxsplit=3)
            if word == "ACK":
                self.acked[int(rest[0])] = (int(rest[1]), int(rest[2]))
            elif word == "ERROR":
                self.errors.append(line)
            else:
                self.done = int(rest[0]), int(rest[1])

    def finish(self):
        self.process.stdin.close()
        self.process.wait(timeout=90)
        self.reader.join(timeout=10)
        equal([], self.errors[:3], f"errors of the producers of {self.topic}")
        true(self.done is not None and self.done[1] == 0, f"the producers of {self.topic} ended with records in their queues: {self.done}")

    def end(self):
        self.process.kill()
        self.process.wait()


def _stored(node, topic, partition):
    """Number by offset; offsets have no gap."""
    output = run(["kcat", "-C", "-b", node.kafka, "-t", topic, "-p", str(partition), "-o", "beginning", "-e", "-q", "-X", "check.crcs=true", "-f", "%o %s\n"])
    lines = [tuple(map(int, line.split())) for line in output.split(b"\n") if line]
    equal(list(range(len(lines))), [offset for offset, _ in lines], f"offsets of {topic}-{partition} have no gap")
    return dict(lines)


def _check(node, load, once):
    """Every acknowledged record is at its offset, and each producer's records are in the order in which it sent them."""
    acked = {}
    for number, place in load.acked.items():
        acked.setdefault(place[0], {})[place[1]] = number
    extra = 0
    for partition in range(load.partitions):
        stored = _stored(node, load.topic, partition)
        promised = acked.get(partition, {})
        lost = {offset: number for offset, number in promised.items() if stored.get(offset) != number}
        equal({}, lost, f"acknowledged records that are not at their offsets in {load.topic}-{partition}")
        numbers = list(stored.values())
        true(all(a < b or (not once and a == b) for a, b in zip(numbers, numbers[1:])), f"records of {load.topic}-{partition} in the order they were sent, each once: {once}")
        extra += len(stored) - len(promised)
    if once:
        equal(0, extra, f"records of {load.topic} beyond those acknowledged")
    return extra


@check(f"kill: {ROUNDS} rounds of kill -9 under idempotent acks=all and HTTP load lose, duplicate and reorder nothing")
def kill_rounds():
    chance = random.Random(20)
    node = Gateway().start()
    loads = []
    try:
        for topic, partitions in ((NATIVE, NATIVE_PARTITIONS), (HTTP, HTTP_PARTITIONS)):
            run([os.path.abspath(os.environ["CONFORMANCE_EXECUTABLE"]), "topic", "create", topic, "-p", str(partitions), "-X", f"brokers={node.kafka}"])
        native = Load("load.py", node.kafka, NATIVE, NATIVE_PARTITIONS)
        loads.append(native)
        http = Load("http_load.py", node.proxy, HTTP, HTTP_PARTITIONS)
        loads.append(http)
        for number in range(ROUNDS):
            before = len(native.acked), len(http.acked)
            end = time.monotonic() + 30
            while len(native.acked) < before[0] + 200 or len(http.acked) < before[1] + 5:
                true(time.monotonic() < end, f"round {number}: the load stands still at {before} acknowledgements; log: {node.log_tail()}")
                time.sleep(0.01)
            time.sleep(chance.random() * 0.1)
            node.kill()
            node.start()
        for load in loads:
            load.finish()
        equal(native.done[0], len(native.acked), "records of the native producer, sent and acknowledged")
        _check(node, native, once=True)
        twice = _check(node, http, once=False)
        print(f"     {len(native.acked)} native and {len(http.acked)} HTTP records acknowledged, {ROUNDS} kills, 0 lost; {twice} HTTP records sent again", flush=True)
    finally:
        for load in loads:
            load.end()
        node.kill()
