"""Measures the rows and writes the report. See README.md."""
import argparse
import datetime
import json
import os
import platform
import subprocess
import sys
import time
import traceback

import measuring.bench
from measuring.row import rows
from rows import consume, http, produce, registry, upkeep  # noqa: F401  (registers the rows, in the order of the table)

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
BEGIN, END = "<!-- figures: written by tests/Performance/run.sh -->", "<!-- end of figures -->"


def main():
    arguments = argparse.ArgumentParser(description="Measures every target of docs/performance.md beside its limit, on this machine, now.")
    arguments.add_argument("--full", action="store_true", help="full sizes: 10 GB, five minutes, a million requests (about 30 minutes)")
    arguments.add_argument("--only", default="", help="rows whose function's name contains this, e.g. half_rate")
    arguments.add_argument("--seconds", type=int, default=8, help="length of each measurement")
    arguments.add_argument("--pairs", type=int, default=3, help="how often each pair is repeated")
    arguments.add_argument("--write", action="store_true", help="put the table and the plots into docs/")
    asked = arguments.parse_args()
    measuring.bench.seconds, measuring.bench.pairs, upkeep.full = asked.seconds, asked.pairs, asked.full
    plots = os.path.join(ROOT, "docs", "performance") if asked.write else os.path.join(ROOT, "artifacts", "performance")
    os.makedirs(plots, exist_ok=True)
    os.chdir(plots)

    results = []
    for name, what, target, measure in rows:
        if asked.only not in name:
            continue
        started = time.monotonic()
        try:
            result = measure()
            verdict = "yes" if result.holds else "**no**"
            results.append({"row": name, "what": what, "target": target, "measured": result.measured, "holds": result.holds, "figures": result.figures})
        except Exception as error:  # the other rows are still wanted
            verdict, result = "failed", None
            results.append({"row": name, "what": what, "target": target, "measured": f"not measured: {error}", "holds": None, "figures": {}})
            traceback.print_exc()
        print(f"{verdict:7} {name} ({time.monotonic() - started:.0f} s): {result.measured if result else 'see above'}", flush=True)
        # After every row: what was measured in half an hour must not be lost with the last one.
        keep(results, asked)
    return 0 if all(result["holds"] is not None for result in results) else 1


def keep(results, asked):
    """Writes the report, and the page if that was asked. Rows that were left out keep what was measured on the same commit before."""
    results = results + earlier(results)
    order = [name for name, *_ in rows]
    results.sort(key=lambda result: order.index(result["row"]))
    with open("report.json", "w", encoding="utf-8") as file:
        json.dump({"machine": machine(), "full": asked.full, "rows": results}, file, indent=1)
    if asked.write:
        write_page(results, asked)


def earlier(results):
    """Rows of the report that is there, if it is of this commit, without those measured now."""
    if not os.path.exists("report.json"):
        return []
    with open("report.json", encoding="utf-8") as file:
        report = json.load(file)
    if report["machine"]["commit"] != machine()["commit"]:
        return []
    now = {result["row"] for result in results}
    return [result for result in report["rows"] if result["row"] not in now]


def machine():
    """What the figures were measured on."""
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        model = next((line.split(":")[1].strip() for line in info if line.startswith("model name")), platform.machine())
    commit = subprocess.run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "cpu": model, "cores": os.cpu_count(), "memory_gib": round(memory, 1), "kernel": platform.release(), "commit": commit,
        "date": datetime.date.today().isoformat(), "load_before": os.getloadavg()[0]}


def write_page(results, asked):
    """Replaces the part of docs/performance.md between the marks."""
    path = os.path.join(ROOT, "docs", "performance.md")
    with open(path, encoding="utf-8") as file:
        before, rest = file.read().split(BEGIN)
    after = rest.split(END)[1]
    here = machine()
    sizes = "full sizes" if asked.full else "reduced sizes"
    lines = [
        BEGIN, "",
        f"Commit {here['commit']}, {here['date']}: {here['cores']} cores of {here['cpu']}, {here['memory_gib']} GiB, Linux {here['kernel']}; {sizes}, "
        f"{asked.seconds} s a measurement, medians of {asked.pairs}.", "",
        "| What | Target | Measured | Met |", "|---|---|---|---|"]
    lines += [f"| {r['what']} | {r['target']} | {r['measured']} | {'yes' if r['holds'] else 'not measured' if r['holds'] is None else '**no**'} |" for r in results]
    lines += ["", END]
    with open(path, "w", encoding="utf-8") as file:
        file.write(before + "\n".join(lines) + after)


sys.exit(main())
