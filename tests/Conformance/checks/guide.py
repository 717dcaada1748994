"""docs/http.md, run as it stands: a guide whose commands fail teaches the wrong thing."""
import re
import subprocess

from lib.harness import check, equal, true
from lib.server import Gateway

# Any status that is no success ends the script, as does any command that fails.
PRELUDE = 'set -euo pipefail\ncurl() { command curl -sS --fail-with-body --max-time 30 "$@"; echo; }\n'


@check("guide: every command of docs/http.md succeeds")
def guide():
    with open("docs/http.md", encoding="utf-8") as page:
        blocks = re.findall(r"^```sh\n(.*?)^```$", page.read(), re.MULTILINE | re.DOTALL)
    true(len(blocks) > 5, "the guide has commands")
    node = Gateway().start()
    try:
        script = PRELUDE + "".join(blocks).replace("http://127.0.0.1:8082", node.proxy)
        ran = subprocess.run(["bash", "-xc", script], capture_output=True, text=True, timeout=120)
        equal(0, ran.returncode, f"the guide's commands; the last lines were\n{ran.stdout[-1500:]}\n{ran.stderr[-1500:]}\nand the exit code")
        true('"error_code":4' not in ran.stdout and '"error_code":5' not in ran.stdout, f"no record is refused: {ran.stdout}")
    finally:
        node.kill()
