"""strace of a produce: the record is written to the journal by a call that returns when the device has it, and only then the answer leaves."""
import os
import re

from lib.clients import run
from lib.harness import check, true
from lib.server import LOGS, Gateway

MARKER = "record-to-be-traced-4711"
CALLS = "open,openat,write,writev,pwrite64,pwritev,pwritev2,fsync,fdatasync,sendto,sendmsg,sendmmsg"


def _finished(lines):
    """Calls in the order in which they ended; a call that another thread interrupted in the trace is put together again."""
    begun = {}
    for line in lines:
        thread, _, call = line.partition(" ")
        call = call.strip()
        if call.endswith("<unfinished ...>"):
            begun[thread] = call
        elif match := re.match(r"<\.\.\. \w+ resumed>", call):
            yield begun.pop(thread, "") + call[match.end():]
        else:
            yield call


def _whole(call):
    """A write that returned as many bytes as it was given."""
    given = sum(int(length) for length in re.findall(r"iov_len=(\d+)", call))
    return given > 0 and call.endswith(f"= {given}")


@check("sync order: the journal is synced before a produce is answered")
def sync_before_reply():
    os.makedirs(LOGS, exist_ok=True)
    trace = os.path.join(LOGS, f"produce-{os.getpid()}.strace")
    node = Gateway(wrapper=["strace", "-f", "-yy", "-s", "16384", "-o", trace, "-e", f"trace={CALLS}"])
    node.start(timeout=60)
    try:
        produce = ["kcat", "-P", "-b", node.kafka, "-t", "traced", "-X", "acks=all"]
        run(produce, input=b"the topic exists now")
        run(produce, input=MARKER.encode())
    finally:
        node.stop()
    with open(trace, encoding="utf-8", errors="replace") as file:
        calls = list(_finished(file))
    written = next((i for i, call in enumerate(calls) if ".journal>" in call and MARKER in call), None)
    true(written is not None, f"the record was written to the journal; see {trace}")
    journal = re.search(r"<([^>]*\.journal)>", calls[written]).group(1)
    opened = next((call for call in reversed(calls[:written]) if call.startswith("open") and f'"{journal}"' in call), "")
    true("O_DSYNC" in opened, f"the journal was opened so that a write returns when the device has it, not by {opened}; see {trace}")
    true("O_DIRECT" in opened, f"the journal was opened to be written past the page cache, not by {opened}; see {trace}")
    true(_whole(calls[written]), f"the whole write was done; see {trace}")
    stored = next(i for i, call in enumerate(calls) if MARKER in call)
    answered = next((i for i, call in enumerate(calls) if i > stored and call.startswith("send") and f"TCP:[{node.kafka}->" in call), None)
    true(answered is not None, f"an answer left on Kafka's port; see {trace}")
    true(written < answered, f"the answer left before the write: {calls[stored:written + 1]}")
    print(f"     {opened[:110]}", flush=True)
    for position in (written, answered):
        print(f"     {position - written:+d} {calls[position][:110]}", flush=True)
