"""Twenty rounds of kill -9 under idempotent acks=all load: nothing acknowledged is lost or duplicated."""
import os
import random
import subprocess
import sys
import threading
import time

from lib.clients import run
from lib.harness import check, equal, true
from lib.server import Gateway

ROUNDS = int(os.environ.get("KILL_ROUNDS", "20"))
PARTITIONS = 3
TOPIC = "kill-load"
LOAD = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib", "load.py")


class Load:
    """The producer in a process of its own; a thread collects what was acknowledged."""

    def __init__(self, broker):
        self.acked, self.errors, self.done = {}, [], None
        self.process = subprocess.Popen(
            [sys.executable, LOAD, broker, TOPIC, str(PARTITIONS)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
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


@check(f"kill: {ROUNDS} rounds of kill -9 under idempotent acks=all load lose and duplicate nothing")
def kill_rounds():
    chance = random.Random(20)
    node = Gateway().start()
    load = None
    try:
        run([os.path.abspath(os.environ["CONFORMANCE_EXECUTABLE"]), "topic", "create", TOPIC, "-p", str(PARTITIONS), "-X", f"brokers={node.kafka}"])
        load = Load(node.kafka)
        for number in range(ROUNDS):
            before = len(load.acked)
            end = time.monotonic() + 30
            while len(load.acked) < before + 200:
                true(time.monotonic() < end, f"round {number}: the load stands still at {before} acknowledgements; log: {node.log_tail()}")
                time.sleep(0.01)
            time.sleep(chance.random() * 0.1)
            node.kill()
            node.start()
        load.finish()
        equal([], load.errors[:3], "errors of the producer")
        true(load.done is not None and load.done[1] == 0, f"the producer ended with records in its queue: {load.done}")
        produced = load.done[0]
        equal(produced, len(load.acked), "acknowledged records")
        stored = {}
        for partition in range(PARTITIONS):
            count = sum(1 for p, _ in load.acked.values() if p == partition)
            output = run(["kcat", "-C", "-b", node.kafka, "-t", TOPIC, "-p", str(partition), "-o", "beginning", "-e", "-q", "-X", "check.crcs=true", "-f", "%o %s\n"])
            lines = [tuple(map(int, line.split())) for line in output.split(b"\n") if line]
            equal(list(range(len(lines))), [offset for offset, _ in lines], f"offsets of partition {partition} have no gap")
            equal(count, len(lines), f"records in partition {partition}: as many as were acknowledged")
            for offset, value in lines:
                true(value not in stored, f"record {value} is stored twice: {stored.get(value)} and {(partition, offset)}")
                stored[value] = (partition, offset)
        equal(load.acked, stored, "every acknowledged record at the offset it was acknowledged with")
        print(f"     {produced} records, {ROUNDS} kills", flush=True)
    finally:
        if load:
            load.process.kill()
            load.process.wait()
        node.kill()
