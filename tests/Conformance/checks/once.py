"""Produces that come again and again, and appends on a condition, over cut connections and through kills: written once, or at one offset."""
import http.client
import json
import os
import random
import socket
import threading
import time
from urllib.parse import urlsplit

from lib.clients import run
from lib.harness import check, equal, true
from lib.http import call
from lib.server import Gateway

PRODUCES = int(os.environ.get("IDEMPOTENT_PRODUCES", "100"))
IDEMPOTENT_KILLS = int(os.environ.get("IDEMPOTENT_KILLS", "2"))
APPENDS = int(os.environ.get("CONDITIONAL_APPENDS", "200"))
APPEND_KILLS = int(os.environ.get("CONDITIONAL_KILLS", "2"))
TOPIC, PARTITIONS = "once", 3
WRITERS = 8
V2, V3 = "application/vnd.kafka.json.v2+json", "application/json"
# How long somebody asks a node that is being started again.
PATIENCE = 60


def _create(node, topic, partitions):
    _, clusters = call("GET", f"{node.proxy}/v3/clusters")
    topics = clusters["data"][0]["metadata"]["self"] + "/topics"
    equal(201, call("POST", topics, {"topic_name": topic, "partitions_count": partitions})[0], "creating the topic answered")
    return f"{urlsplit(topics).path}/{topic}/records"


def _send(node, path, content_type, body, headers=()):
    """Sends a request and gives its answer: status, headers, JSON."""
    line = http.client.HTTPConnection(node.proxy.removeprefix("http://"), timeout=30)
    try:
        line.request("POST", path, body, {"Content-Type": content_type} | dict(headers))
        answer = line.getresponse()
        return answer.status, answer.headers, json.loads(answer.read())
    finally:
        line.close()


def _cut(node, path, content_type, body, headers, chance):
    """Sends the request, or the beginning of it, and closes the connection without an ear for the answer."""
    address = urlsplit(node.proxy)
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    whole = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n{head}\r\n".encode() + body
    try:
        with socket.create_connection((address.hostname, address.port), timeout=10) as line:
            line.sendall(whole if chance.random() < 0.8 else whole[:chance.randrange(len(whole))])
            # Sometimes in the midst of the write, sometimes behind it.
            time.sleep(chance.choice([0, 0, 0.0005, 0.002]))
    except OSError:
        pass


def _requests(records_path):
    """Every way of writing, by turns; each tenth has three records for several partitions besides."""
    forms = [
        lambda number: (f"/topics/{TOPIC}", V2, json.dumps({"records": [{"value": number}]})),
        lambda number: (f"/topics/{TOPIC}", V2, json.dumps({"records": [{"key": f"k{number}", "value": number}]})),
        lambda number: (f"/topics/{TOPIC}/partitions/{number % PARTITIONS}", V2, json.dumps({"records": [{"value": number}]})),
        lambda number: (f"/topics/{TOPIC}/raw?key=k{number}", "text/plain", str(number)),
        lambda number: (f"/topics/{TOPIC}", "application/x-ndjson", json.dumps({"value": number})),
        lambda number: (records_path, V3, json.dumps({"value": {"type": "JSON", "data": number}})),
    ]
    requests = [(*forms[number % len(forms)](number), 1) for number in range(PRODUCES)]
    for number in range(PRODUCES, PRODUCES + 3 * (PRODUCES // 10), 3):
        records = [{"key": f"k{i}", "value": i} for i in range(number, number + 3)]
        requests.append((f"/topics/{TOPIC}", V2, json.dumps({"records": records}), 3))
    return [(path, kind, body.encode(), {"Idempotency-Key": f"produce-{number}"}, count) for number, (path, kind, body, count) in enumerate(requests)]


def _places(answer):
    results = answer["offsets"] if "offsets" in answer else [answer]
    return [(result.get("partition", result.get("partition_id")), result["offset"]) for result in results]


class Worker(threading.Thread):
    """Sends its share of the requests three times each, and the last time until it is answered."""

    def __init__(self, node, requests, seed):
        super().__init__(daemon=True)
        self._node, self._requests, self._chance = node, requests, random.Random(seed)
        self.places, self.error = {}, None

    def run(self):
        try:
            for path, kind, body, headers, _ in self._requests:
                for _ in range(2):
                    _cut(self._node, path, kind, body, headers, self._chance)
                self.places[headers["Idempotency-Key"]] = self._ask(path, kind, body, headers)
        except Exception as error:  # told by whoever waits for the thread
            self.error = error

    def _ask(self, path, kind, body, headers):
        end = time.monotonic() + PATIENCE
        while True:
            try:
                status, _, answer = _send(self._node, path, kind, body, headers)
                if status == 200 and all(offset is not None for _, offset in _places(answer)):
                    return _places(answer)
            except (OSError, http.client.HTTPException, ValueError):
                status, answer = None, "no answer"
            true(time.monotonic() < end, f"{headers} {path} is answered {status} {answer} for {PATIENCE} s")
            time.sleep(0.02)


def _kill_by_progress(node, workers, progress, total, kills, chance):
    """Kills the node and starts it again, so often over the whole of the work."""
    for number in range(kills):
        end = time.monotonic() + PATIENCE
        while progress() < (number + 1) * total // (kills + 1) and any(worker.is_alive() for worker in workers):
            true(time.monotonic() < end, f"before kill {number}: {progress()} of {total} done; log: {node.log_tail()}")
            time.sleep(0.002)
        time.sleep(chance.random() * 0.02)
        node.kill()
        node.start()


def _stored(node, topic, partitions):
    """Value by place; offsets have no gap."""
    stored = {}
    for partition in range(partitions):
        output = run(["kcat", "-C", "-b", node.kafka, "-t", topic, "-p", str(partition), "-o", "beginning", "-e", "-q", "-X", "check.crcs=true", "-f", "%o %s\n"])
        lines = [line.split(maxsplit=1) for line in output.decode().split("\n") if line]
        equal(list(range(len(lines))), [int(offset) for offset, _ in lines], f"offsets of {topic}-{partition} have no gap")
        stored |= {(partition, int(offset)): value for offset, value in lines}
    return stored


@check(f"idempotency keys: {PRODUCES} produces, each sent three times over cut connections and {IDEMPOTENT_KILLS} kills, are written once")
def idempotent_produces():
    node = Gateway().start()
    workers = []
    try:
        requests = _requests(_create(node, TOPIC, PARTITIONS))
        workers = [Worker(node, requests[i::WRITERS], i) for i in range(WRITERS)]
        for worker in workers:
            worker.start()
        _kill_by_progress(
            node, workers, lambda: sum(len(worker.places) for worker in workers), len(requests), IDEMPOTENT_KILLS, random.Random(4))
        places = {}
        for worker in workers:
            worker.join()
            if worker.error:
                raise worker.error
            places |= worker.places
        stored = _stored(node, TOPIC, PARTITIONS)
        equal(list(range(PRODUCES + 3 * (PRODUCES // 10))), sorted(map(int, stored.values())), "values in the log, each once")
        # Whoever asks once more, after it all, is told the same.
        for path, kind, body, headers, count in requests:
            told = places[headers["Idempotency-Key"]]
            equal(count, len({place for place in told if place in stored}), f"records of {headers} that are where the answer says")
            status, answered, answer = _send(node, path, kind, body, headers)
            equal((200, "true", told), (status, answered["Idempotency-Replayed"], _places(answer)), f"the answer to {headers} sent again")
        equal(len(stored), len(_stored(node, TOPIC, PARTITIONS)), "records in the log after all were sent again")
        print(f"     {len(requests)} requests with {len(stored)} records, {IDEMPOTENT_KILLS} kills, each record once", flush=True)
    finally:
        node.kill()


class Appender(threading.Thread):
    """Writes at what it believes is the end, each time another value that says where it was meant to lie."""

    def __init__(self, node, name, goal):
        super().__init__(daemon=True)
        self._node, self._name, self._goal = node, name, goal
        self.acked, self.unknown, self.error = {}, set(), None

    def run(self):
        try:
            end, number, give_up = 0, 0, time.monotonic() + PATIENCE
            while len(self.acked) < self._goal:
                true(time.monotonic() < give_up, f"writer {self._name} stands still at {len(self.acked)} appends")
                value = f"{end}:{self._name}:{number}"
                number += 1
                try:
                    status, _, answer = _send(
                        self._node, f"/topics/conditional?if_end_offset={end}", V2, json.dumps({"records": [{"value": value}]}))
                    if status == 200:
                        equal(end, answer["offsets"][0]["offset"], "the offset of an append that succeeded")
                        self.acked[end] = value
                        give_up = time.monotonic() + PATIENCE
                    else:
                        true(status in (412, 500, 503), f"an append is answered {status} {answer}")
                        if status != 412:
                            self.unknown.add(value)
                    end = end + 1 if status == 200 else self._end()
                except (OSError, http.client.HTTPException, ValueError, KeyError):
                    self.unknown.add(value)
                    time.sleep(0.02)
                    end = self._end(end)
        except Exception as error:  # told by whoever waits for the thread
            self.error = error

    def _end(self, otherwise=0):
        try:
            return call("GET", f"{self._node.proxy}/topics/conditional/partitions/0/offsets")[1]["end_offset"]
        except (OSError, http.client.HTTPException, TypeError, KeyError):
            return otherwise


@check(f"conditional append: of {WRITERS} writers never two succeed at one offset, through {APPEND_KILLS} kills")
def conditional_appends():
    node = Gateway().start()
    try:
        _create(node, "conditional", 1)
        goal = max(1, APPENDS // WRITERS)
        writers = [Appender(node, name, goal) for name in range(WRITERS)]
        for writer in writers:
            writer.start()
        _kill_by_progress(
            node, writers, lambda: sum(len(writer.acked) for writer in writers), goal * WRITERS, APPEND_KILLS, random.Random(5))
        acked, unknown = [], set()
        for writer in writers:
            writer.join()
            if writer.error:
                raise writer.error
            acked += writer.acked.items()
            unknown |= writer.unknown
        stored = {offset: json.loads(value) for (_, offset), value in _stored(node, "conditional", 1).items()}
        equal(len(acked), len({offset for offset, _ in acked}), "offsets of appends that succeeded, each of one writer")
        equal({}, {offset: value for offset, value in acked if stored.get(offset) != value}, "appends that succeeded and are not where they were told")
        equal({}, {offset: value for offset, value in stored.items() if int(value.split(":")[0]) != offset}, "records that lie elsewhere than they were meant to")
        true(set(stored.values()) <= {value for _, value in acked} | unknown, "a record is stored that was refused")
        print(f"     {len(acked)} appends, {len(stored) - len(acked)} more whose answer was lost, {APPEND_KILLS} kills", flush=True)
    finally:
        node.kill()
