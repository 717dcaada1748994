"""A group of three rebalances while one member is killed; no partition stays without a reader and no record is missed."""
import os
import subprocess
import threading
import time

from lib.clients import JS, run
from lib.harness import check, equal, true
from lib.http import call
from lib.server import shared

PARTITIONS = 6
TOPIC = "group-topic"
GROUP = "group-of-three"


class Member:
    """A kafkajs process; a thread follows what it prints."""

    def __init__(self, broker):
        self.assigned, self.read = None, set()
        self.process = subprocess.Popen(["node", os.path.join(JS, "group-member.mjs"), broker, TOPIC, GROUP], stdout=subprocess.PIPE, text=True)
        threading.Thread(target=self._follow, daemon=True).start()

    def _follow(self):
        for line in self.process.stdout:
            word, *rest = line.split()
            if word == "ASSIGNED":
                self.assigned = {int(p) for p in rest[0].split(",")} if rest else set()
            elif word == "RECORD":
                self.read.add((int(rest[0]), int(rest[1])))


def _until(condition, seconds, what):
    end = time.monotonic() + seconds
    while not condition():
        true(time.monotonic() < end, f"not within {seconds} s: {what}")
        time.sleep(0.1)


def _covered(members):
    sets = [m.assigned for m in members]
    return all(s is not None for s in sets) and sum(map(len, sets)) == PARTITIONS and set().union(*sets) == set(range(PARTITIONS))


def _produce(broker, values):
    for partition in range(PARTITIONS):
        run(["kcat", "-P", "-b", broker, "-t", TOPIC, "-p", str(partition), "-X", "acks=all"], input="\n".join(values).encode())


@check("groups: three members share six partitions, one is killed, the others take over and miss nothing")
def group_of_three():
    node = shared()
    run([os.path.abspath(os.environ["CONFORMANCE_EXECUTABLE"]), "topic", "create", TOPIC, "-p", str(PARTITIONS), "-X", f"brokers={node.kafka}"])
    members = [Member(node.kafka) for _ in range(3)]
    try:
        _until(lambda: _covered(members) and all(m.assigned for m in members), 60, "all three have partitions")
        _produce(node.kafka, ["first"] * 10)
        _until(lambda: len(set().union(*(m.read for m in members))) == 10 * PARTITIONS, 30, "the first 60 records were read")
        members[0].process.kill()
        survivors = members[1:]
        _until(lambda: _covered(survivors), 60, "the two others have all partitions")
        _produce(node.kafka, ["second"] * 10)
        expected = {(p, o) for p in range(PARTITIONS) for o in range(10, 20)}
        _until(lambda: expected <= set().union(*(m.read for m in survivors)), 30, "the next 60 records were read by the two others")
        status, topics = call("GET", node.proxy + "/topics", accept="application/vnd.kafka.v2+json")
        equal(200, status, "the proxy still answers")
        true(TOPIC in topics, "the topic is listed")
    finally:
        for member in members:
            member.process.kill()
            member.process.wait()
