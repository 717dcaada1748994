"""Consumer instances outlive their process: their clients go on under the same address after a kill and after a stop."""
from lib.harness import check, equal, true
from lib.http import call
from lib.server import Gateway

V2 = "application/vnd.kafka.v2+json"
V2_JSON = "application/vnd.kafka.json.v2+json"
TOPIC = "kept"


def _write(node, *places):
    for partition, value in places:
        status, answer = call("POST", f"{node.proxy}/topics/{TOPIC}/partitions/{partition}", {"records": [{"value": value}]}, V2_JSON)
        equal((200, value), (status, answer["offsets"][0]["offset"]), "a produce was answered, with the offset")


def _create(node, group, config):
    status, made = call("POST", f"{node.proxy}/consumers/{group}", {"name": "one", "format": "json", "auto.offset.reset": "earliest"} | config, V2)
    equal(200, status, "making an instance answered")
    return made["base_uri"]


def _command(url, body):
    equal(204, call("POST", url, body, V2)[0], f"{url} answered")


def _read(one, count):
    """Polls until so many records have come: partition and value, in order."""
    records = []
    for _ in range(30):
        status, answer = call("GET", f"{one}/records?timeout=1000", accept=V2_JSON)
        equal(200, status, f"a poll was answered {answer}; it")
        records += [(record["partition"], record["value"]) for record in answer]
        if len(records) >= count:
            break
    return sorted(records)


def _committed(one):
    """By partition, where the group has committed something."""
    offsets = {}
    for partition in range(2):
        status, answer = call("GET", f"{one}/offsets?topic={TOPIC}&partition={partition}")
        equal(200, status, "asking for committed offsets answered")
        offsets |= {entry["partition"]: entry["offset"] for entry in answer["offsets"]}
    return offsets


@check("consumer instances: subscription, positions, seeks and committed offsets live through kill -9 and through a stop")
def instances_outlive_the_process():
    node = Gateway().start()
    try:
        _, clusters = call("GET", f"{node.proxy}/v3/clusters")
        status, _ = call("POST", clusters["data"][0]["metadata"]["self"] + "/topics", {"topic_name": TOPIC, "partitions_count": 2})
        equal(201, status, "creating the topic answered")
        _write(node, *[(partition, value) for partition in range(2) for value in range(3)])
        member = _create(node, "members", {"auto.commit.enable": False})
        assigned = _create(node, "assigned", {})
        _command(f"{member}/subscription", {"topics": [TOPIC]})
        _command(f"{assigned}/assignments", {"partitions": [{"topic": TOPIC, "partition": 0}]})
        everything = [(partition, value) for partition in range(2) for value in range(3)]
        equal(everything, _read(member, 6), "what the member read")
        equal(everything[:3], _read(assigned, 3), "what the other instance read")
        _command(f"{member}/offsets", {"partitions": [{"topic": TOPIC, "partition": 0, "offset": 2}]})
        _command(f"{member}/positions", {"offsets": [{"topic": TOPIC, "partition": 1, "offset": 1}]})

        node.kill()
        node.start()
        equal((200, {"topics": [TOPIC]}), call("GET", f"{member}/subscription"), "the subscription after the kill")
        equal({0: 2}, _committed(member), "offsets committed before the kill")
        equal([(0, 2), (1, 1), (1, 2)], _read(member, 3), "what the member reads after the kill: from its commit, and from where it went")
        # Nothing was committed for it yet, so it reads again.
        equal(everything[:3], _read(assigned, 3), "what the other instance reads after the kill")

        equal(0, node.stop(), "the process ended with")
        node.start()
        _write(node, (0, 3), (1, 3))
        equal([(0, 3), (1, 3)], _read(member, 2), "what the member reads after the stop: nothing twice")
        equal([(0, 3)], _read(assigned, 1), "what the other instance reads after the stop")
        equal((204, ""), call("POST", f"{member}/offsets", None), "the commit was answered")
        equal({0: 4, 1: 4}, _committed(member), "what the member has committed")
        equal({0: 3}, _committed(assigned), "what the stop has committed for the other instance")

        equal((204, ""), call("DELETE", member), "deleting the member was answered")
        node.kill()
        node.start()
        equal(404, call("GET", f"{member}/subscription")[0], "the deleted instance after a kill")
        equal(200, call("GET", f"{assigned}/assignments")[0], "the other instance after it")
        true(call("POST", f"{node.proxy}/consumers/members", {"name": "one"}, V2)[0] == 200, "the name is free")
    finally:
        node.kill()
