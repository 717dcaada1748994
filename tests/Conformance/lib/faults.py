"""A disk that fails, from outside the process: strace answers its system calls in the kernel's place, or the file system is a small one."""
import os
import signal
import subprocess
import tempfile
import time

from lib.harness import true

# The journal is written by pwritev, with a descriptor whose writes are syncs (O_DSYNC).
SYNCS = "fdatasync,fsync,syncfs,pwritev"


class Failing:
    """While it lasts, the given system calls of a process and its threads fail with the given error: with Failing(pid, SYNCS, "EIO")."""

    def __init__(self, pid, calls, error):
        self.pid, self.calls, self.error = pid, calls, error

    def __enter__(self):
        self.log = tempfile.NamedTemporaryFile(prefix="gateway-faults-")
        self.process = subprocess.Popen(
            ["strace", "-f", "-qq", "-p", str(self.pid), "-o", "/dev/null", "-e", f"trace={self.calls}", "-e", f"inject={self.calls}:error={self.error}"],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        end = time.monotonic() + 20
        # Attached to every thread once none is without a tracer.
        while not self._traces_all():
            true(self.process.poll() is None and time.monotonic() < end, f"strace could not attach: {self._said()}")
            time.sleep(0.02)
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=20)

    def _traces_all(self):
        for thread in os.listdir(f"/proc/{self.pid}/task"):
            try:
                with open(f"/proc/{self.pid}/task/{thread}/status", encoding="ascii") as status:
                    if any(line.split() == ["TracerPid:", "0"] for line in status):
                        return False
            except FileNotFoundError:
                pass  # The thread has ended.
        return True

    def _said(self):
        self.log.seek(0)
        return self.log.read().decode("utf-8", "replace")


class SmallDisk:
    """A file system of its own, in memory, with so many MiB: with SmallDisk(128) as directory."""

    def __init__(self, mib):
        self.mib = mib

    def __enter__(self):
        self.path = tempfile.mkdtemp(prefix="gateway-small-disk-")
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={self.mib}m", "tmpfs", self.path], capture_output=True, text=True, check=False)
        true(done.returncode == 0, f"this check has to mount a tmpfs, as root: {done.stderr.strip()}")
        return self.path

    def __exit__(self, *_):
        subprocess.run(["umount", "-l", self.path], check=False)
        os.rmdir(self.path)


def fill(path, leave):
    """Writes a file that takes all the room of its file system but so many bytes."""
    info = os.statvfs(os.path.dirname(path))
    with open(path, "wb") as file:
        os.posix_fallocate(file.fileno(), 0, info.f_bavail * info.f_frsize - leave)
