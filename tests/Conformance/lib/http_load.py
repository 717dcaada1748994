"""
HTTP producers that outlive their broker: each numbers its records, sends one at a time until it is acknowledged, and writes every acknowledgement
to standard output as "ACK number partition offset". Ends when its standard input does.

Usage: python3 http_load.py PROXY TOPIC PARTITIONS
"""
import http.client
import json
import sys
import threading
import time

TYPE = "application/vnd.kafka.json.v2+json"


def main():
    proxy, topic, partitions = sys.argv[1].removeprefix("http://"), sys.argv[2], int(sys.argv[3])
    stop = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), stop.set()), daemon=True).start()
    producers = [threading.Thread(target=produce, args=(proxy, topic, partition, partitions, stop)) for partition in range(partitions)]
    for producer in producers:
        producer.start()
    for producer in producers:
        producer.join()
    print("DONE 0 0", flush=True)


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
            print(f"ACK {number} {partition} {offset['offset']}", flush=True)
            number, give_up = number + step, None
        else:
            # Not acknowledged: it may be stored all the same, so it may be there twice. The last one gets some time too.
            give_up = give_up or time.monotonic() + 60
            if stop.is_set() and time.monotonic() > give_up:
                print(f"ERROR {number} never acknowledged", flush=True)
                return
            time.sleep(0.02)


main()
