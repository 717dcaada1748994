"""The samples a stranger runs: quickstart.sh against the published file, before and after kill -9 and a restart."""
import os
import subprocess

from lib.harness import check, equal
from lib.server import Gateway


@check("quickstart: http-samples/quickstart.sh passes before and after kill -9")
def quickstart():
    node = Gateway().start()
    try:
        for moment in ("before the kill", "after the restart"):
            environment = {**os.environ, "KAFKA": node.kafka, "REGISTRY": node.registry, "PROXY": node.proxy, "ADMIN": node.admin}
            done = subprocess.run(["bash", "http-samples/quickstart.sh"], env=environment, capture_output=True, text=True, timeout=120, check=False)
            equal(0, done.returncode, f"exit code {moment}; it said: {done.stdout[-1500:]}{done.stderr[-1500:]}")
            node.kill()
            node.start()
    finally:
        node.kill()
