"""Applies small wrong changes to the core, one at a time, and says which of them no unit test notices.

    tools/mutate                   every mutant of tests/mutants
    tools/mutate B06 'R1.*'        those whose names match one of these patterns
    tools/mutate --check           only whether each mutant still applies to the sources; builds nothing
    tools/mutate --resume          leaves out what an earlier run has seen caught
    tools/mutate --before 'nice -n 19'     puts these words before each build and each test program
    tools/mutate --jobs 1 --before-build 'taskset -c 0'    these before each build alone, which is one compiler at a time

The sources are copied to build/mutate/source and built there, so the working tree is never changed. Mutants of sources are
built in batches (tools/mutant_commands.py), each into the test program of its layer, which then runs until its first
failure, the quick tests first, while the next batch is built. Mutants of headers, which take long to build, come last, one
after the other. What became of each mutant is written to build/mutate/results.json at once; a mutant whose text has
changed since then runs again in any case.
Ends with "N caught, M survived". The exit code is 0 if at least 95 % were caught, 1 if fewer were, and 2 if a mutant
does not apply or does not compile. The format of the lists is described in tests/mutants/README.md.
"""

import argparse
import collections
import hashlib
import json
import os
import pathlib
import re
import resource
import shlex
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from mutant_commands import compiled, linked, ninja_file, parts
from mutant_results import Results, Score
from mutants import LAYERS, ROOT, Fault, chosen, load

WORK = ROOT / "build" / "mutate"
SOURCE, BUILD = WORK / "source", WORK / "build"
MEMORY_BYTES_MAX = 4 << 30  # of a test program: a mutant may allocate without an end
BATCH = 8  # mutants of sources that are built together
WAITING_MAX = 30  # test programs that are built and wait for their run
SLOW_SECONDS = 1.0  # a test that takes longer runs after all others
FLAGS = "-O1 -g0 -w -D_GLIBCXX_ASSERTIONS"  # quick to build; a mutant may well leave a variable without use


def copy_sources():
    """Brings the scratch copy up to date. Files that are as they were keep their times, so that little is built."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, check=True,
                            capture_output=True, text=True).stdout.split("\0")
    wanted = {name for name in listed if name and (ROOT / name).is_file()}
    for file in sorted(SOURCE.rglob("*")):
        if file.is_file() and file.relative_to(SOURCE).as_posix() not in wanted:
            file.unlink()
    for name in sorted(wanted):
        source, target = ROOT / name, SOURCE / name
        if target.is_file() and target.read_bytes() == source.read_bytes():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)  # a new time: what depends on it is built again
        shutil.copymode(source, target)


def slow_tests(report):
    """Their names from GoogleTest's report, the quickest first."""
    tests = [(float(test["time"].rstrip("s")), f"{suite['name']}.{test['name']}")
             for suite in report["testsuites"] for test in suite["testsuite"]]
    return [name for seconds, name in sorted(tests) if seconds > SLOW_SECONDS]


class Bench:
    """The scratch build, and the test programs in it."""

    def __init__(self, before="", seconds_max=300, before_build="", jobs=None, batch=BATCH):
        self.before, self.before_build, self.seconds_max = shlex.split(before), shlex.split(before_build), seconds_max
        self.jobs, self.batch = [f"-j{jobs}"] if jobs else [], batch
        self.slow = {}  # layer -> names of its slow tests, the quickest first
        self.objects = None  # source -> its object files

    def run(self, command, building=False, **options):
        before = [*self.before_build, *self.before] if building else self.before
        return subprocess.run([*before, *command], cwd=BUILD, text=True, errors="replace", stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, **options)

    def configure(self):
        BUILD.mkdir(parents=True, exist_ok=True)
        done = self.run(["cmake", "-G", "Ninja", "-DHEDDLE_CORE_ONLY=ON", "-DCMAKE_BUILD_TYPE=Debug",
                         f"-DCMAKE_CXX_FLAGS_DEBUG={FLAGS}", str(SOURCE)])
        if done.returncode:
            raise Fault(f"cmake could not configure build/mutate/build:\n{done.stdout}")

    def build(self, layers):
        """None, or what the compiler says."""
        done = self.run(["ninja", *self.jobs, *[f"{layer}_tests" for layer in layers]], building=True)
        return done.stdout if done.returncode else None

    def program(self, layer, folder=None):
        return (folder or BUILD / "tests") / f"{layer}_tests"

    def learn(self, layer):
        """Runs all tests without a mutant: None where they pass, and then it is known which of them are slow. A program
        that passed before is not run again."""
        known_file = WORK / "passed.json"
        known = json.loads(known_file.read_text()) if known_file.is_file() else {}
        key = hashlib.sha256(self.program(layer).read_bytes()).hexdigest()
        if key not in known:
            report = WORK / "report.json"
            failed = self.run_tests(layer, ["--gtest_output=json:" + str(report)])
            if failed:
                return failed
            known[key] = slow_tests(json.loads(report.read_text()))
            known_file.write_text(json.dumps(known))
        self.slow[layer] = known[key]
        return None

    def test(self, layer, folder):
        """None where all tests of the program in `folder` pass; else the first that fails, or how the program ended."""
        slow = ":".join(self.slow[layer])
        if not slow:
            return self.run_tests(layer, [], folder)
        quick = self.run_tests(layer, ["--gtest_filter=-" + slow], folder)
        return quick or self.run_tests(layer, ["--gtest_filter=" + slow], folder)

    def run_tests(self, layer, options, folder=None):
        limit = lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
        try:
            done = self.run([str(self.program(layer, folder)), "--gtest_fail_fast", "--gtest_brief=1", *options],
                            timeout=self.seconds_max, preexec_fn=limit)
        except subprocess.TimeoutExpired:
            return f"the time limit: {layer}_tests ran longer than {self.seconds_max:.0f} s"
        if done.returncode == 0:
            return None
        failed = re.search(r"\[  FAILED  \] (\S+?)(?:,| \(|$)", done.stdout, re.MULTILINE)
        if failed:
            return failed.group(1)
        return f"the end of {layer}_tests with {done.returncode}: {(done.stdout.strip().splitlines() or [''])[-1][:100]}"

    def objects_of(self, path):
        """The object files that a source, or a header, is a part of, as the last build knows them."""
        if self.objects is None:
            self.objects = parts(self.run(["ninja", "-t", "deps"]).stdout, SOURCE)
        return [BUILD / name for name in self.objects.get(path, []) if (BUILD / name).is_file()]

    def keep(self, path):
        """Copies of the object files that a mutant of this source replaces: pairs of a copy and its object file."""
        kept = WORK / "kept"
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir(parents=True)
        return [(shutil.copy2(file, kept / str(number)), file) for number, file in enumerate(self.objects_of(path))]

    def restore(self, mutant, text, times, kept):
        """The scratch copy and its build as they were before the mutant, without compiling the original again. The
        source has its old time last: whoever interrupts this gets the source compiled again, not the mutant's objects."""
        file = SOURCE / mutant.path
        file.write_text(text)
        for copy, object_file in kept:
            shutil.move(copy, object_file)  # with its old time, so that it is newer than the source will be
        for layer in LAYERS:
            (BUILD / f"libheddle_{layer}.a").unlink(missing_ok=True)
        if kept:
            os.utime(file, ns=times)

    def prepare(self, mutant):
        """Builds a mutant: the folder with its test programs. Raises Fault where it does not compile."""
        file, folder = SOURCE / mutant.path, WORK / "programs" / mutant.name
        text, stat = file.read_text(), file.stat()
        kept = self.keep(mutant.path)
        file.write_text(mutant.check(SOURCE))
        try:
            wrong = self.build(mutant.layers())
            if wrong:
                raise Fault(f"{mutant.place}: {mutant.name} does not compile:\n{wrong[-2000:]}")
            folder.mkdir(parents=True, exist_ok=True)
            for layer in mutant.layers():
                shutil.copy2(self.program(layer), folder)
            return folder
        finally:
            self.restore(mutant, text, (stat.st_atime_ns, stat.st_mtime_ns), kept)

    def edges(self, mutant, folder):
        """What ninja has to do for the test programs of a mutant of a source."""
        source, object_file = folder / pathlib.Path(mutant.path).name, folder / "mutant.o"
        source.write_text(mutant.check(SOURCE))
        commands = json.loads((BUILD / "compile_commands.json").read_text())
        command = next(one["command"] for one in commands if one["file"] == str(SOURCE / mutant.path))
        made = [(object_file, [source], compiled(command, source, object_file))]
        for layer in mutant.layers():
            said = self.run(["ninja", "-t", "commands", f"tests/{layer}_tests"]).stdout
            program = self.program(layer, folder)
            made.append((program, [object_file], linked(said, object_file, program)))
        return made

    def prepare_all(self, mutants):
        """Builds mutants of sources together: (mutant, the folder with its test programs, or the Fault)."""
        edges, folders = [], {}
        for mutant in mutants:
            folders[mutant] = WORK / "programs" / mutant.name
            shutil.rmtree(folders[mutant], ignore_errors=True)
            folders[mutant].mkdir(parents=True)
            edges += self.edges(mutant, folders[mutant])
        file = WORK / "batch.ninja"
        file.write_text(ninja_file(edges, WORK / "batch"))
        said = self.run(["ninja", "-k", "0", *self.jobs, "-f", str(file)], building=True).stdout
        for mutant, folder in folders.items():
            if all(self.program(layer, folder).is_file() for layer in mutant.layers()):
                yield mutant, folder
            else:
                shutil.rmtree(folder)
                yield mutant, Fault(f"{mutant.place}: {mutant.name} does not compile:\n{said[-2000:]}")

    def judge(self, mutant, folder):
        """Who caught it; None: it survived."""
        try:
            return next((by for layer in mutant.layers() if (by := self.test(layer, folder))), None)
        finally:
            shutil.rmtree(folder)


def run(mutants, bench, resume=False):
    score = Score(Results(WORK / "results.json"))
    if resume:
        mutants = [mutant for mutant in mutants if not score.of_earlier(mutant)]
    if not mutants:
        return score.finish()
    layers = sorted({layer for mutant in mutants for layer in mutant.layers()}, key=LAYERS.index)
    print(f"mutate: building the tests of {', '.join(layers)} in build/mutate", flush=True)
    copy_sources()
    bench.configure()
    wrong = bench.build(layers)
    if wrong:
        raise Fault(f"the sources do not build without any mutant:\n{wrong[-4000:]}")
    for layer in layers:
        failed = bench.learn(layer)
        if failed:
            raise Fault(f"the tests of {layer} fail without any mutant: {failed}")
    waiting = collections.deque()
    with ThreadPoolExecutor(max_workers=1) as pool:
        for mutant, folder in built(mutants, bench):
            if isinstance(folder, Fault):
                score.refused(folder)
            else:
                waiting.append((mutant, pool.submit(bench.judge, mutant, folder)))
            while waiting and (waiting[0][1].done() or len(waiting) > WAITING_MAX):
                score.judged(waiting[0][0], waiting[0][1].result())
                waiting.popleft()
        for mutant, by in waiting:
            score.judged(mutant, by.result())
    return score.finish()


def built(mutants, bench):
    """(mutant, the folder with its test programs, or the Fault): of sources in batches, of headers one after the other."""
    sources = [mutant for mutant in mutants if mutant.path.endswith(".cpp")]
    for at in range(0, len(sources), bench.batch):
        yield from bench.prepare_all(sources[at:at + bench.batch])
    for mutant in mutants:
        if mutant in sources:
            continue
        try:
            yield mutant, bench.prepare(mutant)
        except Fault as fault:
            yield mutant, fault


def main():
    parser = argparse.ArgumentParser(prog="tools/mutate", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("patterns", nargs="*", metavar="NAME", help="regular expressions for the names of mutants")
    parser.add_argument("--check", action="store_true", help="only check that each mutant applies")
    parser.add_argument("--before", default="", metavar="COMMAND", help="goes before each build and test program")
    parser.add_argument("--before-build", default="", metavar="COMMAND", help="goes before each build, in front of that")
    parser.add_argument("--jobs", type=int, metavar="N", help="how many compilers may run at once (default: as ninja has it)")
    parser.add_argument("--batch", type=int, default=BATCH, metavar="N", help=f"how many mutants are built together (default {BATCH})")
    parser.add_argument("--resume", action="store_true", help="leave out mutants that an earlier run has seen caught")
    parser.add_argument("--seconds", type=float, default=300, help="the longest that a test program may run (default 300)")
    options = parser.parse_args()
    try:
        mutants = chosen(load(), options.patterns)
        faults = []
        for mutant in mutants:
            try:
                mutant.check(ROOT)
            except Fault as fault:
                faults.append(str(fault))
        if faults:
            raise Fault("\n".join(faults))
        if options.check:
            print(f"{len(mutants)} mutants apply")
            return 0
        bench = Bench(options.before, options.seconds, options.before_build, options.jobs, options.batch)
        return run(mutants, bench, options.resume)
    except Fault as fault:
        print(f"mutate: {fault}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
