"""Starts, stops and kills the published executable. Ports are free ones, taken from the READY line."""
import atexit
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading

EXECUTABLE = os.environ.get("CONFORMANCE_EXECUTABLE", "artifacts/gateway/gateway")
LOGS = os.path.abspath("artifacts/conformance")
READY = re.compile(r"^READY kafka=(\S+) schema-registry=(\S+) http-proxy=(\S+) admin=(\S+)$")
FLAGS = ["--kafka-addr", "--schema-registry-addr", "--http-proxy-addr", "--admin-addr"]


class Gateway:
    """A node on 127.0.0.1. Started again, it keeps its directory and its ports, as clients expect of a broker."""

    _number = 0

    def __init__(self, *arguments, wrapper=(), directory=None):
        self.arguments = list(arguments)
        self.wrapper = list(wrapper)
        self.directory = directory or tempfile.mkdtemp(prefix="gateway-conformance-")
        atexit.register(self._clean_up)
        self.addresses = ["127.0.0.1:0"] * 4
        Gateway._number += 1
        os.makedirs(LOGS, exist_ok=True)
        self.log_path = os.path.join(LOGS, f"gateway-{os.getpid()}-{Gateway._number}.log")
        self.process = None

    def start(self, timeout=30):
        """Starts the process and waits for READY."""
        doors = [part for pair in zip(FLAGS, self.addresses) for part in pair]
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                self.wrapper + [os.path.abspath(EXECUTABLE), "start", "--data-dir", self.directory]
                + ["--set", "group.initial.rebalance.delay.ms=0"] + doors + self.arguments,
                stdout=subprocess.PIPE, stderr=log, text=True)
        killer = threading.Timer(timeout, self.process.kill)
        killer.start()
        line = self.process.stdout.readline().rstrip("\n")
        killer.cancel()
        match = READY.match(line)
        if not match:
            self.kill()
            raise AssertionError(f"no READY line within {timeout} s but {line!r}; log: {self.log_tail()}")
        self.kafka, self.registry, self.proxy, self.admin = match.groups()
        self.addresses = [address.removeprefix("http://") for address in match.groups()]
        return self

    def kill(self):
        """kill -9; nothing happens if the process has ended."""
        if self.process is None:
            return
        if self.process.poll() is None:
            os.kill(self.pid(), signal.SIGKILL)
        self.wait()

    def _clean_up(self):
        self.kill()
        shutil.rmtree(self.directory, ignore_errors=True)

    def stop(self):
        """SIGTERM; returns the exit code."""
        os.kill(self.pid(), signal.SIGTERM)
        return self.wait()

    def wait(self):
        code = self.process.wait(timeout=30)
        self.process.stdout.close()
        return code

    def pid(self):
        """The server's own process id, also under a wrapper such as strace."""
        if not self.wrapper:
            return self.process.pid
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children", encoding="ascii") as children:
            return int(children.read().split()[0])

    def rss_mib(self):
        """Resident memory in MiB."""
        with open(f"/proc/{self.pid()}/status", encoding="ascii") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:")) / 1024

    def log_tail(self):
        with open(self.log_path, "rb") as log:
            return log.read()[-2000:].decode("utf-8", "replace")


_shared = None


def shared():
    """The node that checks share unless they harm it."""
    global _shared
    if _shared is None:
        _shared = Gateway().start()
    return _shared


def stop_shared():
    """Stops the shared node, if it was needed."""
    if _shared is not None:
        _shared.stop()
