"""Runs `gateway bench` and what it is compared with."""
import json
import os
import re
import statistics
import subprocess

EXECUTABLE = os.path.abspath(os.environ["PERFORMANCE_EXECUTABLE"])
LIBRDKAFKA = os.environ.get("RDKAFKA_PERFORMANCE")

# Set by the command line: how long one measurement takes, and how often a pair is repeated.
seconds = 8
pairs = 3


def bench(workload, *arguments, time=None, warm_up="2s"):
    """One run; the report as `gateway bench` gives it. Failed requests fail the row."""
    duration = [] if workload == "limits" else ["--duration", f"{time or seconds}s", "--warm-up", warm_up]
    done = subprocess.run(
        [EXECUTABLE, "bench", workload, *map(str, arguments), *duration, "--format", "json"], capture_output=True, text=True, timeout=1800)
    if not done.stdout.strip():
        raise RuntimeError(f"bench {workload} {' '.join(map(str, arguments))}: exit {done.returncode}: {done.stderr[-500:]}")
    report = json.loads(done.stdout)
    if workload != "limits" and report["errors"]:
        raise RuntimeError(f"bench {workload} {' '.join(map(str, arguments))}: {report['errors']}")
    return report


def interleaved(*runs, least=1):
    """Runs each function in turn, several times over, so that a slow minute of the machine meets all of them; a list of reports for each."""
    reports = [[] for _ in runs]
    for _ in range(max(pairs, least)):
        for run, kept in zip(runs, reports):
            kept.append(run())
    return reports


def middle(reports, *path):
    """The median of a figure over several reports."""
    return statistics.median(_at(report, path) for report in reports)


def _at(report, path):
    for name in path:
        report = report[name]
    return report


def limits(directory):
    """The machine's limits at this moment, by name."""
    return {limit["name"]: limit for limit in bench("limits", "--directory", directory)}


def librdkafka(broker, topic, messages, acks, size=1024):
    """MB/s of librdkafka's own performance client."""
    done = subprocess.run(
        [LIBRDKAFKA, "-P", "-b", broker, "-t", topic, "-s", str(size), "-c", str(messages), "-a", str(acks), "-q",
         "-X", "linger.ms=5", "-X", "batch.num.messages=100", "-X", "queue.buffering.max.messages=200000"],
        capture_output=True, text=True, timeout=600)
    rates = re.findall(r"([\d.]+) MB/s", done.stdout)
    if done.returncode or not rates:
        raise RuntimeError(f"librdkafka's client: exit {done.returncode}: {(done.stdout + done.stderr)[-500:]}")
    return float(rates[-1])
