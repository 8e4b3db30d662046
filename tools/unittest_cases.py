"""Runs a file of Python's unittest and prints one JSON line a case:  unittest_cases.py FILE [PATTERN]"""

import importlib.util
import json
import pathlib
import re
import sys
import traceback
import unittest


class Cases(unittest.TestResult):
    def report(self, test, passed, output=""):
        print(json.dumps({"case": {"name": test.id().split(".", 1)[-1], "passed": passed, "output": output}}), flush=True)

    def addSuccess(self, test):
        self.report(test, True)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.report(test, False, "".join(traceback.format_exception(*err)))

    def addError(self, test, err):
        super().addError(test, err)
        self.report(test, False, "".join(traceback.format_exception(*err)))

    def addSkip(self, test, reason):
        self.addFailure(test, (AssertionError, AssertionError(f"skipped: {reason}"), None))

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self.addFailure(subtest, err)


def flat(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from flat(test)
        else:
            yield test


def main():
    file = pathlib.Path(sys.argv[1])
    spec = importlib.util.spec_from_file_location(file.stem, file)
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(file.parent))
    sys.modules[file.stem] = module
    spec.loader.exec_module(module)
    tests = unittest.defaultTestLoader.loadTestsFromModule(module)
    if len(sys.argv) > 2:
        tests = unittest.TestSuite(test for test in flat(tests) if re.search(sys.argv[2], test.id()))
    result = Cases()
    tests.run(result)
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
