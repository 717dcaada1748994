"""The life of a process: ready soon, small when idle, refuses what it must, stops when asked to."""
import os
import shutil
import subprocess
import tempfile
import time

from lib.clients import Kcat
from lib.harness import check, equal, true
from lib.http import call
from lib.records import Record
from lib.server import EXECUTABLE, FLAGS, Gateway

READY_SECONDS = 3.0
IDLE_MIB = 200


def _start_fails(directory, addresses, *arguments):
    doors = [part for pair in zip(FLAGS, addresses) for part in pair]
    done = subprocess.run(
        [os.path.abspath(EXECUTABLE), "start", "--data-dir", directory, *doors, *arguments], capture_output=True, text=True, timeout=30, check=False)
    return done.returncode, done.stdout, done.stderr


@check("lifecycle: READY, four doors, a clean stop that keeps the data, and a second start")
def start_and_stop():
    started = time.monotonic()
    node = Gateway().start()
    seconds = time.monotonic() - started
    try:
        equal((200, "ok\n"), call("GET", node.admin + "/livez"), "/livez")
        equal(200, call("GET", node.admin + "/readyz")[0], "/readyz")
        equal((200, []), call("GET", node.registry + "/subjects"), "the registry's subjects")
        equal(200, call("GET", node.proxy + "/topics", accept="application/vnd.kafka.v2+json")[0], "the proxy's topics")
        time.sleep(1)
        idle = node.rss_mib()
        print(f"     READY after {seconds * 1000:.0f} ms, {idle:.0f} MiB idle", flush=True)
        true(seconds < READY_SECONDS, f"READY took {seconds:.1f} s")
        true(idle < IDLE_MIB, f"{idle:.0f} MiB idle")
        Kcat.produce(node.kafka, "kept", "none", [Record(b"k", b"v")])
        equal(0, node.stop(), "exit code after SIGTERM")
        node.start()
        equal([(0, Record(b"k", b"v"))], Kcat.consume(node.kafka, "kept", 1), "what was produced before the stop")
    finally:
        node.kill()


@check("lifecycle: a second process on the same directory, a port in use and an unknown setting are refused with a reason")
def refusals():
    node = Gateway().start()
    other = tempfile.mkdtemp(prefix="gateway-conformance-")
    try:
        free = ["127.0.0.1:0"] * 4
        code, out, err = _start_fails(node.directory, free)
        equal((1, ""), (code, out), "exit code and output of a second process")
        true(node.directory in err and "another" in err, f"the reason names the directory: {err}")
        for position in range(4):
            addresses = [node.addresses[position] if i == position else address for i, address in enumerate(free)]
            code, out, err = _start_fails(other, addresses)
            equal((1, ""), (code, out), f"exit code and output with {FLAGS[position]} in use")
            true(node.addresses[position] in err and FLAGS[position] in err, f"the reason names address and flag: {err}")
        code, out, err = _start_fails(other, free, "--set", "num.partition=3")
        equal((2, ""), (code, out), "exit code and output with an unknown setting")
        true("num.partition" in err and "--set" in err, f"the reason names the setting and where it stood: {err}")
        equal(200, call("GET", node.admin + "/readyz")[0], "the first process goes on")
    finally:
        node.kill()
        shutil.rmtree(other, ignore_errors=True)
