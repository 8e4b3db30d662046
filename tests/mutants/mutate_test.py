"""What tools/mutate does with its lists, its scratch copy and its results. Nothing is compiled."""

import contextlib
import io
import os
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / "tools"))
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


class Scratch(unittest.TestCase):
    """A source tree of one file, and a bench whose builds and tests are made up."""

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
        self.bench.configure = lambda: None
        self.bench.learn = lambda layer: self.bench.test(layer, mutate.BUILD / "tests")
        self.addCleanup(setattr, mutate, "copy_sources", mutate.copy_sources)
        mutate.copy_sources = lambda: None

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

    def test_the_file_and_its_object_are_as_they_were_afterwards(self):
        objects = mutate.BUILD / "CMakeFiles" / "heddle_realms.dir" / "realms"
        objects.mkdir(parents=True)
        object_file, archive = objects / "a.cpp.o", mutate.BUILD / "libheddle_realms.a"
        object_file.write_text("of the original")
        os.utime(object_file, (1_000_000, 1_000_000))
        os.utime(self.file, (900_000, 900_000))

        def build(layers):
            self.assertEqual(self.file.read_text(), "two\n    three\n    four\n")
            object_file.write_text("of the mutant")
            archive.write_text("with the mutant")
            self.build(layers)

        self.bench.build = build
        folder = self.bench.prepare(self.mutants()[0])
        self.assertEqual((folder / "realms_tests").read_text(), "two\n    three\n    four\n")
        self.assertEqual(self.file.read_text(), "one\n    three\n    four\n")
        self.assertEqual(object_file.read_text(), "of the original")
        self.assertEqual((self.file.stat().st_mtime, object_file.stat().st_mtime), (900_000, 1_000_000))
        self.assertFalse(archive.exists(), "it would still hold the mutant")

    def run_all(self, caught_by):
        """The last line and the exit code of a run in which `caught_by` says who catches the mutated text."""
        self.bench.test = lambda layer, folder: caught_by((folder / f"{layer}_tests").read_text())
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            code = mutate.run(self.mutants(), self.bench)
        self.assertEqual(self.file.read_text(), "one\n    three\n    four\n")
        self.assertEqual(list((mutate.WORK / "programs").iterdir()), [], "programs that were judged are removed")
        return out.getvalue().strip().splitlines()[-1], code

    def test_what_is_caught_and_what_survives_is_counted(self):
        original = self.file.read_text()
        self.assertEqual(self.run_all(lambda text: None if text == original else "A.B"), ("2 caught, 0 survived", 0))
        self.assertEqual(self.run_all(lambda text: "A.B" if text.startswith("two") else None), ("1 caught, 1 survived", 1))

    def test_tests_that_fail_without_a_mutant_are_an_error(self):
        with self.assertRaisesRegex(lists.Fault, "fail without any mutant"):
            self.run_all(lambda text: "A.B")

    def test_a_mutant_that_does_not_compile_is_an_error_and_not_caught(self):
        self.bench.build = lambda layers: "no" if self.file.read_text().startswith("two") else self.build(layers)
        last, code = self.run_all(lambda text: None if "three" in text else "A.B")
        self.assertEqual((last, code), ("1 caught, 0 survived", 2))


if __name__ == "__main__":
    unittest.main()
