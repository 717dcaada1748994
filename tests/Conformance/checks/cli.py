"""The command line as a user types it: records in by one format, out by another, and messages that help."""
import json
import os
import subprocess

from lib.harness import check, equal, true
from lib.server import EXECUTABLE, shared


def _gateway(*arguments, stdin=b"", brokers=None):
    command = [os.path.abspath(EXECUTABLE), *arguments, "-X", f"brokers={brokers or shared().kafka}"]
    done = subprocess.run(command, input=stdin, capture_output=True, timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr.decode()


@check("cli: produce and consume by formats, ranges and groups")
def produce_and_consume():
    equal(0, _gateway("topic", "create", "cli", "-p", "2")[0], "create")
    code, out, err = _gateway("topic", "produce", "cli", "-p", "1", "-f", "%k %v\\n", "-H", "h:1", stdin=b"a one\nb two words\nc \xff\x00\n")
    equal((0, ""), (code, err), "produce")
    equal([f"Produced to cli partition 1 at offset {n}" for n in range(3)], out.decode().splitlines(), "what produce prints")
    code, out, err = _gateway("topic", "consume", "cli", "-o", ":end", "-f", "%p %o %k=%v{hex} %h{%k:%v}\\n")
    equal((0, b"1 0 a=6f6e65 h:1\n1 1 b=74776f20776f726473 h:1\n1 2 c=ff00 h:1\n"), (code, out), f"consume by a format; {err}")
    code, out, err = _gateway("topic", "consume", "cli", "-o", "-1:end", "-p", "1")
    equal(0, code, err)
    record = json.loads(out)
    equal(("c", "/wA=", 2), (record["key"], record["value_base64"], record["offset"]), "the last record as JSON, its bytes undamaged")
    code, out, err = _gateway("topic", "consume", "cli", "-g", "cli-group", "-n", "2", "-f", "%o ")
    equal((0, b"0 1 "), (code, out), f"two records through a group; {err}")
    code, out, err = _gateway("group", "describe", "cli-group", "--format", "json")
    equal(0, code, err)
    lag = {(p["topic"], p["partition"]): p["lag"] for p in json.loads(out)[0]["partitions"]}
    equal({("cli", 1): 1}, lag, "lag after a group read two of three")
    code, out, err = _gateway("topic", "consume", "cli", "-g", "cli-group", "-n", "1", "-f", "%o")
    equal((0, b"2"), (code, out), f"the group goes on where it was; {err}")
    equal(0, _gateway("topic", "delete", "cli")[0], "delete")


@check("cli: what goes wrong is said with the place and the way out")
def messages():
    code, _, err = _gateway("topic", "list", brokers="127.0.0.1:1")
    equal(1, code, "exit code with no broker")
    true("127.0.0.1:1" in err and "-X brokers=" in err, f"the address and the setting: {err}")
    code, _, err = _gateway("topic", "consume", "cli-absent", "-o", ":end")
    equal(1, code, "exit code for an unknown topic")
    true("UNKNOWN_TOPIC_OR_PARTITION" in err and "cli-absent" in err, f"the error and the topic: {err}")
    code, _, err = _gateway("topic", "consume", "x", "-o", "yesterday")
    equal(1, code, "exit code for a bad range")
    true("-o" in err and "yesterday" in err, f"the option and the text: {err}")
    code, _, err = _gateway("topic", "lits")
    equal(2, code, "exit code for a bad command")
    true("lits" in err and "--help" in err, f"the word and the help: {err}")
