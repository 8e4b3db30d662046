"""Runs the trials of the table in docs/limits.md, one at a time, on the real router, and prints what came of each.

tools/trial starts this. Files: bursts.py, calls.py, beside.py, slow.py, memory.py, forms.py are the trials; peer.py,
pump.py and messages.py the clients; router_process.py and kernel.py the router and what is seen of it from outside; children.py the
processes.
"""

import argparse
import sys
import time

# In the order of the table.
import bursts  # noqa: F401
import calls  # noqa: F401
import beside  # noqa: F401
import slow  # noqa: F401
import memory  # noqa: F401
import forms  # noqa: F401
from router_process import executable
from rows import HEAD, TRIALS, Options, Row


def main():
    parser = argparse.ArgumentParser(
        prog="tools/trial", formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Starts the release build (or HEDDLE_BIN) and loads it; prints trial, measured, to reach, verdict.")
    parser.add_argument("filter", nargs="*", help="run the trials with one of these in their names, or all")
    parser.add_argument("--list", action="store_true", help="print the names of the trials")
    parser.add_argument("--threads", type=int, default=2, help="threads of the router (default 2)")
    parser.add_argument("--connections", type=int, default=10_000, help="connections of flood-10000 (default 10000)")
    told = parser.parse_args()
    names = [name for name in TRIALS if not told.filter or any(part in name for part in told.filter)]
    if told.list:
        for name in names:
            print(f"{name:18} {TRIALS[name][1]}")
        return 0
    if not names:
        parser.error(f"no trial has {' or '.join(told.filter)} in its name: see --list")
    return run(names, Options(told.threads, told.connections))


def run(names, options):
    print(f"{executable()}, {options.threads} threads\n\n{HEAD}", flush=True)
    rows = []
    for name in names:
        started = time.monotonic()
        for row in rows_of(name, options):
            rows.append(row)
            print(row.line(), flush=True)
        print(f"{name}: {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    words, code = verdict(rows)
    print(f"\n{words}")
    return code


def verdict(rows):
    """The last line, and the exit code."""
    missed = sum(not row.reached for row in rows)
    return f"{len(rows) - missed} reached, {missed} missed", 1 if missed else 0


def rows_of(name, options):
    """A trial that fails to run has missed what it was to reach."""
    function, what = TRIALS[name]
    try:
        return function(options)
    except (OSError, RuntimeError, ValueError) as error:
        words = " ".join(f"{type(error).__name__}: {error}".split())
        return [Row(what, f"not measured: {words[:300]}", "a measurement", False)]


if __name__ == "__main__":
    sys.exit(main())
