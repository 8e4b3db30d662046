"""docs/attacks.md points at tests: each must be there, under its name."""

import pathlib
import re

from rule import Rule

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PAGE = "docs/attacks.md"
SECTIONS = ("5.1", "5.2", "5.3", "5.4", "5.5", "5.6")


def tests_named(cell):
    """(file, name) for each `file: name` in the last cell of a row."""
    return re.findall(r"`([^`:]+): ([^`]+)`", cell)


def attack_tests(path, text):
    problems = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.startswith("| ") or line.startswith("| ---") or line.rstrip().endswith("| tests |"):
            continue
        named = tests_named(line.rstrip(" |").rsplit("|", 1)[-1])
        if not named:
            problems.append((number, "a row without a test"))
        for file, name in named:
            source = ROOT / "tests" / file
            if not source.is_file():
                problems.append((number, f"there is no tests/{file}"))
            elif name not in source.read_text(errors="replace"):
                problems.append((number, f"tests/{file} has no test \"{name}\""))
    return problems


def every_section(paths):
    if PAGE not in set(paths):
        return [f"{PAGE} is not there"]
    text = (ROOT / PAGE).read_text()
    return [f"{PAGE} lacks section {section}" for section in SECTIONS if f"\n## {section} " not in text]


HEAD = "| tried | here | tests |\n| --- | --- | --- |\n"
RULES = [
    Rule("attack_tests", lambda path: path == PAGE, attack_tests,
         refused=[(PAGE, HEAD + "| a | b | none |"), (PAGE, HEAD + "| a | b | `system/no_such_test.mjs: x` |"),
                  (PAGE, HEAD + "| a | b | `system/tls_test.mjs: no test of this name` |")],
         accepted=[(PAGE, HEAD + "| a | b | `system/tls_test.mjs: versions of TLS before 1.2 are refused` |")],
         check_tree=every_section),
]
