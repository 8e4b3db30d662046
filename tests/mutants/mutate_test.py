"""What tools/mutate does with its lists, its scratch copy and its results. Nothing is compiled."""

import contextlib
import io
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / "tools"))
import mutant_commands
import mutants as lists
import mutate

LIST = """# a comment
== A1 the first
realms/a.cpp
- one
+ two

== A2 the second, of two lines
realms/a.cpp
tests: realms bridge
-     three
-     four
+ 
"""


class Lists(unittest.TestCase):
    def test_an_entry_has_a_name_a_file_and_two_texts(self):
        first, second = lists.parse(LIST, "list.txt")
        self.assertEqual((first.name, first.title, first.path, first.texts()), ("A1", "the first", "realms/a.cpp", ("one", "two")))
        self.assertEqual(second.texts(), ("    three\n    four", ""))
        self.assertEqual((first.layers(), second.layers()), (["realms"], ["realms", "bridge"]))
        self.assertEqual(second.place, "list.txt:7")

    def test_lines_that_mean_nothing_are_errors(self):
        for text in ("realms/a.cpp\n", "== A1 x\nrealms/a.cpp\nwhat is this\n", "== A1 x\nrealms/a.cpp\ntests: router\n"):
            with self.assertRaises(lists.Fault):
                lists.parse(text, "list.txt")

    def test_names_are_used_once_and_patterns_choose_whole_names(self):
        with tempfile.TemporaryDirectory() as folder:
            place = pathlib.Path(folder)
            (place / "a.txt").write_text(LIST)
            mutants = lists.load(place)
            self.assertEqual([m.name for m in lists.chosen(mutants, ["A2"])], ["A2"])
            self.assertEqual(len(lists.chosen(mutants, [])), 2)
            with self.assertRaises(lists.Fault):
                lists.chosen(mutants, ["A"])
            (place / "b.txt").write_text(LIST)
            with self.assertRaisesRegex(lists.Fault, "two mutants called A1"):
                lists.load(place)

    def test_a_list_without_mutants_is_an_error(self):
        with tempfile.TemporaryDirectory() as folder, self.assertRaises(lists.Fault):
            lists.load(pathlib.Path(folder))


class Reports(unittest.TestCase):
    def test_slow_tests_run_last_and_the_quickest_of_them_first(self):
        report = {"testsuites": [{"name": "A", "testsuite": [{"name": "x", "time": "2.5s"}, {"name": "y", "time": "0.9s"}]},
                                 {"name": "B/C", "testsuite": [{"name": "z/1", "time": "1.2s"}]}]}
        self.assertEqual(mutate.slow_tests(report), ["B/C.z/1", "A.x"])

    def test_a_failure_names_the_first_test_and_a_crash_says_how_it_ended(self):
        bench = mutate.Bench("", 60)
        done = type("Done", (), {"returncode": 1, "stdout": "a.cpp:1: Failure\n[  FAILED  ] A.x (3 ms)\n[  FAILED  ] A.x\n"})
        bench.run = lambda command, **options: done
        self.assertEqual(bench.run_tests("realms", []), "A.x")
        done.returncode, done.stdout = -6, "Assertion failed\n"
        self.assertEqual(bench.run_tests("realms", []), "the end of realms_tests with -6: Assertion failed")

    def test_quick_tests_run_before_slow_ones(self):
        bench, runs = mutate.Bench("", 60), []
        bench.slow = {"realms": ["A.x", "B.y"]}
        bench.run_tests = lambda layer, options, folder: runs.append(options)
        self.assertIsNone(bench.test("realms", None))
        self.assertEqual(runs, [["--gtest_filter=-A.x:B.y"], ["--gtest_filter=A.x:B.y"]])


class Commands(unittest.TestCase):
    def test_a_mutated_source_is_compiled_like_the_original(self):
        command = "/usr/bin/c++ -I/s -O1 -include /b/pch.hxx -o CMakeFiles/l.dir/realms/a.cpp.o -c /s/realms/a.cpp"
        self.assertEqual(mutant_commands.compiled(command, "/m/a.cpp", "/m/mutant.o"),
                         "/usr/bin/c++ -I/s -O1 -include /b/pch.hxx -w -o /m/mutant.o -c /m/a.cpp")
        with self.assertRaises(ValueError):
            mutant_commands.compiled("cl /c a.cpp", "b.cpp", "b.o")

    def test_a_mutant_is_linked_before_the_library_that_has_the_original(self):
        said = "c++ -o x.o -c x.cpp\n: && c++ -O1 t.cpp.o -o tests/realms_tests  librealms.a -lz && cd tests && cmake -P x\n"
        self.assertEqual(mutant_commands.linked(said, "/m/mutant.o", "/m/realms_tests"),
                         "c++ -O1 t.cpp.o /m/mutant.o -o /m/realms_tests  librealms.a -lz")
        with self.assertRaises(ValueError):
            mutant_commands.linked("cmake -P x\n", "m.o", "p")

    def test_ninja_runs_each_command_once_its_inputs_are_there(self):
        with tempfile.TemporaryDirectory() as folder:
            place = pathlib.Path(folder)
            (place / "in").write_text("1")
            edges = [(place / "b", [place / "a"], f"cat {place}/a {place}/a > {place}/b"),
                     (place / "a", [place / "in"], f"X=2; cat {place}/in > {place}/a; echo $X >> {place}/a"),
                     (place / "c", [place / "in"], "false")]
            (place / "n").write_text(mutant_commands.ninja_file(edges, place / "log"))
            subprocess.run(["ninja", "-k", "0", "-f", str(place / "n")], cwd=folder, capture_output=True)
            self.assertEqual((place / "b").read_text(), "12\n12\n")
            self.assertEqual([(place / "c").exists(), (place / ".ninja_log").exists()], [False, False])


COMPILER = """#!/bin/sh
# Copies the source after -c to the object file after -o, unless its first line is the one that it refuses.
while [ $# -gt 0 ]; do
    case $1 in -o) object=$2 ;; -c) source=$2 ;; esac
    shift
done
[ "$(head -1 "$source")" = "$(cat "$0.refuses" 2>/dev/null || echo nothing)" ] && exit 1
cp "$source" "$object"
"""
LINKER = """#!/bin/sh
# Copies the object file before -o to the program behind it.
while [ "$2" != -o ]; do shift; done
cp "$1" "$3"
"""


class Scratch(unittest.TestCase):
    """A source tree of one file, and a bench whose compiler, linker and tests are made up."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        root = pathlib.Path(folder.name)
        self.addCleanup(setattr, mutate, "SOURCE", mutate.SOURCE)
        self.addCleanup(setattr, mutate, "BUILD", mutate.BUILD)
        self.addCleanup(setattr, mutate, "WORK", mutate.WORK)
        mutate.WORK, mutate.SOURCE, mutate.BUILD = root, root / "source", root / "build"
        (mutate.SOURCE / "realms").mkdir(parents=True)
        mutate.BUILD.mkdir()
        self.file = mutate.SOURCE / "realms" / "a.cpp"
        self.file.write_text("one\n    three\n    four\n")
        (mutate.BUILD / "tests").mkdir()
        self.bench = mutate.Bench("", 60)
        self.bench.build = self.build
        self.deps, self.run_really = "", self.bench.run
        self.bench.run = self.run_command
        for name, text in (("compiler", COMPILER), ("linker", LINKER)):
            (root / name).write_text(text)
            (root / name).chmod(0o755)
        (mutate.BUILD / "compile_commands.json").write_text(json.dumps(
            [{"file": str(self.file), "command": f"{root}/compiler -o a.o -c {self.file}"}]))
        self.bench.configure = lambda: None
        self.bench.learn = lambda layer: self.bench.test(layer, mutate.BUILD / "tests")
        self.addCleanup(setattr, mutate, "copy_sources", mutate.copy_sources)
        mutate.copy_sources = lambda: None

    def run_command(self, command, **options):
        if command[:3] == ["ninja", "-t", "commands"]:
            said = f": && {mutate.WORK}/linker test.o -o {command[3]}  library.a && cd tests && true\n"
        elif command[:3] == ["ninja", "-t", "deps"]:
            said = self.deps
        else:
            return self.run_really(command, **options)
        return type("Done", (), {"returncode": 0, "stdout": said})

    def build(self, layers):
        """The "test program" is the text of the one source."""
        for layer in layers:
            self.bench.program(layer).write_text(self.file.read_text())

    def mutants(self, text=LIST):
        return lists.parse(text, "list.txt")

    def test_a_mutant_replaces_its_old_text(self):
        first, second = self.mutants()
        self.assertEqual(first.check(mutate.SOURCE), "two\n    three\n    four\n")
        self.assertEqual(second.check(mutate.SOURCE), "one\n\n")

    def test_a_mutant_that_does_not_apply_is_an_error(self):
        head = "== A1 x\nrealms/a.cpp\n"
        for text, why in ((head + "- five\n+ six\n", "0 times"), (head + "- o\n+ i\n", "2 times"),
                          (head + "- one\n+ one\n", "changes nothing"), (head + "+ one\n", "at least one line"),
                          ("== A1 x\nrealms/b.cpp\n- one\n+ two\n", "does not exist"),
                          ("== A1 x\nrouter/a.cpp\n- one\n+ two\n", "none of")):
            with self.subTest(why=why), self.assertRaisesRegex(lists.Fault, why):
                self.mutants(text)[0].check(mutate.SOURCE)

    def made_before(self, *names):
        """Object files of the build without a mutant, all made of a.cpp, whose times are older than now."""
        made = []
        for name in names:
            made.append(mutate.BUILD / name)
            made[-1].parent.mkdir(parents=True, exist_ok=True)
            made[-1].write_text("of the original")
            os.utime(made[-1], (1_000_000, 1_000_000))
        os.utime(self.file, (900_000, 900_000))
        self.deps = "".join(f"{name}: #deps 1, deps mtime 1 (VALID)\n    {self.file}\n\n" for name in names)
        return made

    def test_the_file_and_all_objects_of_it_are_as_they_were_afterwards(self):
        objects = self.made_before("heddle_realms.dir/a.cpp.o", "tests/a_test.cpp.o")
        archive = mutate.BUILD / "libheddle_realms.a"

        def build(layers):
            self.assertEqual(self.file.read_text(), "two\n    three\n    four\n")
            for file in (*objects, archive):
                file.write_text("of the mutant")
            self.build(layers)

        self.bench.build = build
        folder = self.bench.prepare(self.mutants()[0])
        self.assertEqual((folder / "realms_tests").read_text(), "two\n    three\n    four\n")
        self.assertEqual(self.file.read_text(), "one\n    three\n    four\n")
        self.assertEqual([file.read_text() for file in objects], ["of the original"] * 2)
        self.assertEqual([file.stat().st_mtime for file in (self.file, *objects)], [900_000, 1_000_000, 1_000_000])
        self.assertFalse(archive.exists(), "it would still hold the mutant")

    def test_a_source_whose_restoring_was_interrupted_is_newer_than_its_objects(self):
        objects = self.made_before("a.cpp.o", "b.cpp.o")
        self.addCleanup(setattr, mutate.shutil, "move", mutate.shutil.move)

        def interrupted(source, target):
            raise KeyboardInterrupt

        mutate.shutil.move = interrupted
        with self.assertRaises(KeyboardInterrupt):
            self.bench.prepare(self.mutants()[0])
        self.assertEqual(self.file.read_text(), "one\n    three\n    four\n")
        self.assertGreater(self.file.stat().st_mtime, objects[0].stat().st_mtime)

    def test_builds_have_words_of_their_own_in_front(self):
        bench = mutate.Bench("echo all", 60, "echo builds", 1)
        self.assertEqual(bench.run(["x"], building=True).stdout, "builds echo all x\n")
        self.assertEqual(bench.run(["x"]).stdout, "all x\n")
        self.assertEqual(bench.run(["ninja", *bench.jobs], building=True).stdout, "builds echo all ninja -j1\n")

    def run_all(self, caught_by, resume=False):
        """The last line and the exit code of a run in which `caught_by` says who catches the mutated text."""
        self.bench.test = lambda layer, folder: caught_by((folder / f"{layer}_tests").read_text())
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            code = mutate.run(self.mutants(), self.bench, resume)
        self.assertEqual(self.file.read_text(), "one\n    three\n    four\n")
        self.assertEqual(list((mutate.WORK / "programs").iterdir()), [], "programs that were judged are removed")
        return out.getvalue().strip().splitlines()[-1], code

    def test_what_is_caught_and_what_survives_is_counted(self):
        original = self.file.read_text()
        self.assertEqual(self.run_all(lambda text: None if text == original else "A.B"), ("2 caught, 0 survived", 0))
        self.assertEqual(self.run_all(lambda text: "A.B" if text.startswith("two") else None), ("1 caught, 1 survived", 1))

    def test_a_run_that_resumes_leaves_out_what_was_caught_and_has_the_same_text(self):
        original, seen = self.file.read_text(), []

        def only_the_first(text):
            seen.append(text)
            return "A.B" if text.startswith("two") else None

        self.run_all(only_the_first)
        del seen[:]
        self.assertEqual(self.run_all(only_the_first, resume=True),
                         ("1 caught, 1 survived (1 were caught by an earlier run)", 1))
        self.assertEqual(set(seen), {original, "one\n\n"})
        changed = lists.parse(LIST.replace("+ two", "+ too"), "list.txt")
        results = mutate.Results(mutate.WORK / "results.json")
        self.assertEqual([results.caught_before(m) for m in (*self.mutants(), changed[0])], ["A.B", None, None])

    def test_mutants_of_headers_come_last(self):
        header, order = mutate.SOURCE / "realms" / "a.hpp", []
        header.write_text("one")
        mixed = lists.parse("== H1 x\nrealms/a.hpp\n- one\n+ two\n" + LIST, "list.txt")
        self.bench.learn = lambda layer: None
        self.bench.judge = lambda mutant, folder: order.append(mutant.name) or "A.B"
        with contextlib.redirect_stdout(io.StringIO()):
            self.assertEqual(mutate.run(mixed, self.bench), 0)
        self.assertEqual(order, ["A1", "A2", "H1"])

    def test_tests_that_fail_without_a_mutant_are_an_error(self):
        with self.assertRaisesRegex(lists.Fault, "fail without any mutant"):
            self.run_all(lambda text: "A.B")

    def test_a_mutant_that_does_not_compile_is_an_error_and_not_caught(self):
        (mutate.WORK / "compiler.refuses").write_text("two")
        last, code = self.run_all(lambda text: None if "three" in text else "A.B")
        self.assertEqual((last, code), ("1 caught, 0 survived", 2))


if __name__ == "__main__":
    unittest.main()
