"""The harness: checks are functions marked with @check; each prints ok or FAIL; the last line counts them."""
import sys
import time
import traceback

_checks = []


def check(name):
    """Registers a function as a check. It fails by raising."""

    def register(function):
        _checks.append((name, function))
        return function

    return register


def add_check(name, function, *arguments):
    """Registers one case of a family of checks."""
    _checks.append((name, lambda: function(*arguments)))


def equal(expected, actual, what):
    """Fails unless both are equal, showing both."""
    if expected != actual:
        raise AssertionError(f"{what}: expected {_short(expected)}, got {_short(actual)}")


def true(condition, what):
    """Fails unless the condition holds."""
    if not condition:
        raise AssertionError(what)


def run(name_contains=""):
    """Runs the checks whose name contains the text; returns the exit code."""
    passed = failed = 0
    for name, function in _checks:
        if name_contains not in name:
            continue
        started = time.monotonic()
        try:
            function()
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # a check may fail in any way, and the others still run
            failed += 1
            print(f"FAIL {name} ({time.monotonic() - started:.1f}s): {type(error).__name__}: {error}", flush=True)
            if not isinstance(error, AssertionError):
                traceback.print_exc(limit=-4, file=sys.stdout)
        else:
            passed += 1
            print(f"ok   {name} ({time.monotonic() - started:.1f}s)", flush=True)
    print(f"{passed} passed, {failed} failed", flush=True)
    return 1 if failed or not passed else 0


def _short(value):
    text = repr(value)
    return text if len(text) < 400 else text[:400] + f"... ({len(text)} characters)"
