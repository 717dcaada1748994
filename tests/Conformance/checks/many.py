"""Many of everything: partitions, connections and groups at once cost memory in proportion, and nothing at all while idle. CONFORMANCE_FULL=1 takes the full numbers."""
import os
import resource
import struct
import time

from confluent_kafka import Consumer, Producer, TopicPartition

from lib import wire
from lib.harness import check, equal, true
from lib.server import Gateway

FULL = os.environ.get("CONFORMANCE_FULL") == "1"
PARTITIONS = 10_000 if FULL else 1000
CONNECTIONS = 5000 if FULL else 1000
GROUPS = 1000 if FULL else 200
IDLE_SECONDS = 20 if FULL else 5
IDLE_MIB = 100
SETTLE_SECONDS = 15 if FULL else 3  # until what starting leaves behind is compiled and swept
IDLE_CORES = 0.005 if FULL else 0.05
DESCRIPTORS = 1024
DIRTY = 1500


def cpu_seconds(node):
    with open(f"/proc/{node.pid()}/stat", encoding="ascii") as stat:
        fields = stat.read().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def idle_cores(node):
    before, started = cpu_seconds(node), time.monotonic()
    time.sleep(IDLE_SECONDS)
    return (cpu_seconds(node) - before) / (time.monotonic() - started)


def await_coordinator(client):
    """The first question for a coordinator makes the topic of groups."""
    end = time.monotonic() + 30
    while client.ask(wire.find_coordinator("group-0"))[:2] != b"\0\0":
        true(time.monotonic() < end, "there is no coordinator")
        time.sleep(0.1)


@check(f"many: {PARTITIONS} partitions, {CONNECTIONS} connections, {GROUPS} groups")
def many():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 12_000), hard))
    node = Gateway().start()
    connections = []
    try:
        time.sleep(SETTLE_SECONDS)
        empty = node.rss_mib()
        empty_cores = idle_cores(node)
        client = wire.Wire(node.kafka, timeout=300)
        for topic in range(10):
            answer = client.ask(wire.create_topic(f"many-{topic}", PARTITIONS // 10))
            true(answer.endswith(b"\0\0"), f"creating a topic was answered with {answer!r}")
        partitions = node.rss_mib()
        for _ in range(CONNECTIONS):
            connections.append(wire.Wire(node.kafka))
        for connection in connections:
            connection.ask(wire.versions())
        connected = node.rss_mib()
        await_coordinator(client)
        # One member each, and each on a connection that stays.
        for i in range(GROUPS):
            connections[i % CONNECTIONS].send(wire.join_group(f"group-{i}"))
        joined = sum(1 for i in range(GROUPS) if struct.unpack(">h", connections[i % CONNECTIONS].read()[4:6])[0] == 0)
        true(joined == GROUPS, f"{joined} of {GROUPS} groups came to be")
        grouped = node.rss_mib()
        time.sleep(SETTLE_SECONDS)
        full_cores = idle_cores(node)
        print(f"     resident: {empty:.0f} MiB empty, {partitions:.0f} with partitions, {connected:.0f} with connections, {grouped:.0f} with groups; "
              f"idle: {empty_cores * 100:.2f} % of a core empty, {full_cores * 100:.2f} % with everything", flush=True)
        true(empty <= IDLE_MIB, f"an idle node has {empty:.0f} MiB resident")
        true(partitions <= empty + 300 * max(PARTITIONS, 2000) / 10_000, f"{PARTITIONS} partitions took {partitions - empty:.0f} MiB")
        true(connected <= partitions + 40 + CONNECTIONS * 16 / 1024, f"{CONNECTIONS} connections took {connected - partitions:.0f} MiB")
        true(grouped <= connected + 60, f"{GROUPS} groups took {grouped - connected:.0f} MiB")
        true(empty_cores <= IDLE_CORES and full_cores <= IDLE_CORES, f"idle it used {empty_cores:.4f} cores empty, {full_cores:.4f} with everything")
    finally:
        for connection in connections:
            connection.close()
        node.kill()


@check(f"many: {DIRTY} partitions with data that is only in the journal, under a limit of {DESCRIPTORS} open files, survive kill -9")
def few_descriptors():
    node = Gateway(wrapper=["sh", "-c", f'ulimit -n {DESCRIPTORS}; "$@"; exit $?', "sh"]).start()
    try:
        client = wire.Wire(node.kafka, timeout=60)
        true(client.ask(wire.create_topic("dirty", DIRTY)).endswith(b"\0\0"), "the topic could not be created")
        offsets = {}
        producer = Producer({"bootstrap.servers": node.kafka, "acks": "all", "linger.ms": 20})
        for partition in [*range(DIRTY), *range(DIRTY)]:
            producer.produce(
                "dirty", b"%d" % partition, partition=partition,
                on_delivery=lambda error, message: offsets.setdefault(message.partition(), []).append((error, message.offset())))
            producer.poll(0)
        equal(0, producer.flush(60), "records without an answer")
        equal({partition: [(None, 0), (None, 1)] for partition in range(DIRTY)}, offsets, "answers")
        node.kill()
        node.start(timeout=60)
        consumer = Consumer({"bootstrap.servers": node.kafka, "group.id": "none", "enable.auto.commit": False})
        consumer.assign([TopicPartition("dirty", partition, 0) for partition in range(DIRTY)])
        read = {}
        while sum(map(len, read.values())) < 2 * DIRTY:
            messages = consumer.consume(1000, timeout=30)
            true(bool(messages), f"{sum(map(len, read.values()))} of {2 * DIRTY} records are there")
            for message in messages:
                read.setdefault(message.partition(), []).append((message.offset(), message.value()))
        consumer.close()
        equal({partition: [(0, b"%d" % partition), (1, b"%d" % partition)] for partition in range(DIRTY)}, read, "what is there after kill -9")
    finally:
        node.kill()
