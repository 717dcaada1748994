"""The published file runs where nothing is installed."""
import os
import subprocess

from lib.harness import check, equal
from lib.server import EXECUTABLE


@check("bare root: one file serves schemas, HTTP and kcat in a Debian without .NET, libicu and libssl")
def bare_rootfs():
    script = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "bare-rootfs.sh")
    done = subprocess.run(["bash", script, EXECUTABLE], capture_output=True, text=True, timeout=300, check=False)
    equal(0, done.returncode, f"exit code; it said: {done.stdout[-500:]}{done.stderr[-1500:]}")
