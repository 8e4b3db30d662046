"""Builds a preset and runs all tests; see ./test --help. Each kind of test reports single cases, counted here."""

import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor

import conformance

ROOT = pathlib.Path(__file__).resolve().parent.parent
SYSTEM = ROOT / "tests" / "system"
FILE_TIME_MAX_S = {"dev": 120, "release": 120, "asan": 240, "tsan": 300}
# A sanitizer's report ends the program with a code of its own, so that no test can mistake it for something else.
SANITIZERS = {
    "ASAN_OPTIONS": "detect_leaks=1:exitcode=66",
    "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1:exitcode=66",
    "TSAN_OPTIONS": "halt_on_error=1:second_deadlock_stack=1:exitcode=66",
}


class Tally:
    """What passed and what failed; failures are shown at once, with all they printed."""

    def __init__(self):
        self.passed = 0
        self.failed = []
        self.results = {}  # name -> passed; of cases of the same name, all

    def add(self, name, passed, output=""):
        self.results[name] = passed and self.results.get(name, True)
        if passed:
            self.passed += 1
            return
        self.failed.append(name)
        print(f"\nFAILED {name}\n{output.rstrip()}\n", flush=True)

    def section(self, title, passed_before, started):
        print(f"  {title}: {self.passed - passed_before} passed, {time.monotonic() - started:.0f} s", flush=True)


def say(text):
    print(f"test: {text}", flush=True)


def build(preset, targets=()):
    done = subprocess.run([ROOT / "tools" / "build", preset, *targets], cwd=ROOT)
    return done.returncode == 0


def clang_builds_core(tally):
    """One case of its own: serializers, realms and bridge keep to what a second compiler understands."""
    layers = ["heddle_serializers", "heddle_realms", "heddle_bridge"]
    done = subprocess.run([ROOT / "tools" / "build", "clang", *layers], cwd=ROOT, capture_output=True, text=True)
    tally.add("clang builds the core", done.returncode == 0, done.stdout + done.stderr)


def run_ctest(preset, pattern, tally):
    report = ROOT / "build" / preset / "ctest.xml"
    report.unlink(missing_ok=True)
    command = ["ctest", "--test-dir", f"build/{preset}", "-j", str(os.cpu_count() or 2), "--timeout", "300"]
    command += ["--output-junit", report, "-Q", *(["-R", pattern] if pattern else [])]
    subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    if not report.exists():
        tally.add("ctest", False, "ctest ended without a report")
        return
    cases = list(ElementTree.parse(report).iter("testcase"))
    if not pattern and not any(case.get("name").startswith("tidy.") for case in cases):
        tally.add("house rules", False, f"build/{preset} was configured without /usr/bin/python3; remove it and start again")
    for case in cases:
        output = case.findtext("system-out") or ""
        # A test program that could not say what it holds stands as one case that never ran.
        tally.add(case.get("name"), case.get("status") == "run", output or f"status: {case.get('status')}")


def from_json_lines(label, command, env, seconds_max, tally):
    """Runs a program that prints one JSON object a case: {"name", "passed", "output"}. Its other words are shown on failure."""
    try:
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, errors="replace", timeout=seconds_max)
        text, errors, code = done.stdout, done.stderr, done.returncode
    except subprocess.TimeoutExpired as late:
        text = (late.stdout or b"").decode(errors="replace")
        errors = (late.stderr or b"").decode(errors="replace") + f"\nstill running after {seconds_max} s"
        code = None
    cases, words = [], []
    for line in text.splitlines():
        if line.startswith('{"case":'):
            cases.append(json.loads(line)["case"])
        else:
            words.append(line)
    return label, cases, "\n".join(words[-60:]) + "\n" + errors[-6000:], code


def system_files(pattern):
    """The system test files to run, and the pattern for names inside them (None: all)."""
    files = sorted(SYSTEM.glob("*_test.mjs")) + sorted(SYSTEM.glob("*_test.py"))
    if pattern:
        named = [file for file in files if re.search(pattern, file.name)]
        if named:
            return named, None
    return files, pattern


def run_system(preset, pattern, tally):
    env = os.environ | SANITIZERS | {"HEDDLE_BIN": str(ROOT / "build" / preset / "heddle"), "HEDDLE_PRESET": preset}
    files, inner = system_files(pattern)

    def run(file):
        name = file.relative_to(ROOT).as_posix()
        if file.suffix == ".py":
            command = ["/usr/bin/python3", "tools/unittest_cases.py", name] + ([inner] if inner else [])
        else:
            command = ["node", f"--test-reporter={ROOT}/tools/node_cases.mjs", "--test-reporter-destination=stdout"]
            command += [f"--test-name-pattern={inner}"] if inner else []
            command += [name]
        return from_json_lines(name, command, env, FILE_TIME_MAX_S[preset], tally)

    with ThreadPoolExecutor(max_workers=2) as pool:
        for name, cases, words, code in pool.map(run, files):
            for case in cases:
                output = case["output"] if case["passed"] else f"{case['output']}\n{words}"
                tally.add(f"{name}: {case['name']}", case["passed"], output)
            failed = any(not case["passed"] for case in cases)
            if not failed and (code != 0 or (not cases and not inner)):
                tally.add(name, False, f"ended with {code} after {len(cases)} passed cases\n{words}")


def main():
    parser = argparse.ArgumentParser(prog="./test", add_help=False)
    parser.add_argument("--preset", default="dev", choices=sorted(FILE_TIME_MAX_S))
    parser.add_argument("pattern", nargs="?", metavar="FILTER")
    options = parser.parse_args()
    os.environ.update(SANITIZERS)
    started = time.monotonic()
    tally = Tally()

    say(f"building {options.preset}")
    if not build(options.preset):
        print("0 passed, 1 failed")
        return 1
    parts = [("test programs and house rules", lambda: run_ctest(options.preset, options.pattern, tally)),
             ("system tests", lambda: run_system(options.preset, options.pattern, tally))]
    if not options.pattern or re.search(options.pattern, "clang builds the core"):
        parts.insert(0, ("the core with clang", lambda: clang_builds_core(tally)))
    for title, part in parts:
        say(title)
        before, began = tally.passed, time.monotonic()
        part()
        tally.section(title, before, began)
    if not options.pattern:  # a page of some tests would say less than the truth
        tally.add("docs/conformance.md is what the tests say", *conformance.check(tally.results))

    say(f"{time.monotonic() - started:.0f} s in all, preset {options.preset}")
    for name in tally.failed:
        print(f"failed: {name}")
    if tally.passed + len(tally.failed) == 0:
        print(f"no test matches {options.pattern!r}")
    print(f"{tally.passed} passed, {len(tally.failed)} failed")
    return 0 if tally.passed and not tally.failed else 1


if __name__ == "__main__":
    sys.exit(main())
