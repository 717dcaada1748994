"""The schema library of this checkout, asked line by line (tests/SchemaProbe): what oracles in Python hold their answers against."""
import json
import os
import subprocess
import threading

_ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
_BUILT = os.path.join(_ROOT, "artifacts", "schema-probe")


class Probe:
    """A running probe. Answers come in the order of the requests."""

    def __init__(self):
        program = os.path.join(_BUILT, "Gateway.SchemaProbe.dll")
        self._process = subprocess.Popen(["dotnet", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.stdin.close()
        self._process.wait(timeout=30)
        self._process.stdout.close()

    def ask(self, op, **members):
        """One request; the answer as a dict, which has "error" and "kind" where something was wrong."""
        return self.ask_all([{"op": op, **members}])[0]

    def ask_all(self, requests):
        """Many requests at once; an answer for each. An exception that the library should not let out is raised here."""
        writing = threading.Thread(target=self._write, args=(requests,))
        writing.start()
        answers = [json.loads(self._process.stdout.readline() or "{}") for _ in requests]
        writing.join()
        for request, answer in zip(requests, answers):
            if not answer or answer.get("kind") in ("fault", "request"):
                raise AssertionError(f"the probe failed on {json.dumps(request)[:2000]}: {answer.get('error', 'it ended')}")
        return answers

    def _write(self, requests):
        try:
            for request in requests:
                self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # the missing answers tell
