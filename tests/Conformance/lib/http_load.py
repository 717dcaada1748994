"""
HTTP producers that outlive their broker: each numbers its records, sends one at a time until it is acknowledged, and writes every acknowledgement
to standard output as "ACK number partition offset". Ends when its standard input does.

Usage: python3 http_load.py PROXY TOPIC PARTITIONS
"""
import sys

# Beside this file lies a module of ours that is called http too.
sys.path.pop(0)

import http.client  # noqa: E402
import json  # noqa: E402
import threading  # noqa: E402
import time  # noqa: E402

TYPE = "application/vnd.kafka.json.v2+json"


_line = threading.Lock()


def say(line):
    """One line at a time: several producers write."""
    with _line:
        print(line, flush=True)


def main():
    proxy, topic, partitions = sys.argv[1].removeprefix("http://"), sys.argv[2], int(sys.argv[3])
    stop = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), stop.set()), daemon=True).start()
    producers = [threading.Thread(target=produce, args=(proxy, topic, partition, partitions, stop)) for partition in range(partitions)]
    for producer in producers:
        producer.start()
    for producer in producers:
        producer.join()
    say("DONE 0 0")


def produce(proxy, topic, partition, step, stop):
    """One producer, of one partition: numbers rise by the number of partitions, so that a number names its partition."""
    number, connection, give_up = partition, None, None
    while not stop.is_set() or give_up is not None:
        try:
            connection = connection or http.client.HTTPConnection(proxy, timeout=30)
            body = json.dumps({"records": [{"partition": partition, "value": number}]})
            connection.request("POST", f"/topics/{topic}", body, {"Content-Type": TYPE})
            answer = connection.getresponse()
            offset = json.loads(answer.read())["offsets"][0] if answer.status == 200 else {}
        except (OSError, http.client.HTTPException, ValueError):
            connection, offset = None, {}
        if offset.get("error_code") is None and offset.get("offset") is not None:
            say(f"ACK {number} {partition} {offset['offset']}")
            number, give_up = number + step, None
        else:
            # Not acknowledged: it may be stored all the same, so it may be there twice. The last one gets some time too.
            give_up = give_up or time.monotonic() + 60
            if stop.is_set() and time.monotonic() > give_up:
                say(f"ERROR {number} never acknowledged")
                return
            time.sleep(0.02)


main()
