"""Runs the conformance checks against a published executable: python3 tests/Conformance/run.py [part of a check's name]."""
import importlib
import os
import pkgutil
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True

import checks  # noqa: E402  (the path has to be there first)
from lib import harness, server  # noqa: E402

os.environ.setdefault("CONFORMANCE_EXECUTABLE", "artifacts/gateway/gateway")
for module in sorted(m.name for m in pkgutil.iter_modules(checks.__path__)):
    importlib.import_module(f"checks.{module}")
try:
    code = harness.run(sys.argv[1] if len(sys.argv) > 1 else "")
finally:
    server.stop_shared()
sys.exit(code)
