"""docs/conformance.md: what the router says it can do and what shows it, from tests/conformance and the results of ./test.

    python3 tools/conformance.py --write    writes the page as a run of ./test writes it in which all tests pass
"""

import fnmatch
import pathlib
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent
TABLES = ROOT / "tests" / "conformance"
PAGE = ROOT / "docs" / "conformance.md"
STATES = ("not built", "planned", "not announced", "does not apply")

HEAD = """# Conformance

Made by `./test` from [tests/conformance](../tests/conformance/README.md) and from what its tests found: what a client may rely
on, where the specification says so, and the tests that show it (`*` stands for anything). A feature with a key is announced in WELCOME if
and only if its row says "passes".
"""
FAULTS_HEAD = """
# Faults of others

What went wrong in other routers, and the tests that would fail if it went wrong here.
"""


def load(name):
    with open(TABLES / name, "rb") as file:
        return tomllib.load(file)["group"]


def rows_of(groups):
    return [row for group in groups for row in group["row"]]


def full_name(test):
    """As ./test counts it; what begins with a file of tests/system is written short in the tables."""
    return "tests/" + test if test.startswith("system/") else test


def matching(test, results):
    # fnmatch reads [ ] as a set; only * has a meaning in our tables.
    pattern = full_name(test).replace("[", "[[]")
    return fnmatch.filter(results, pattern)


def state_of(row, results):
    """`results`: name -> passed of every test that ran, or None: all there are, passing."""
    if "tests" not in row:
        return row["state"]
    if results is None:
        return "passes"
    for test in row["tests"]:
        found = matching(test, results)
        if not found or not all(results[name] for name in found):
            return "fails"
    return "passes"


def cell(text):
    return text.replace("|", "\\|")


def tests_cell(row):
    if "tests" in row:
        return "<br>".join(f"`{cell(test)}`" for test in row["tests"])
    return cell(row.get("why", ""))


def page(results=None):
    out = [HEAD]
    for group in load("features.toml"):
        out.append(f"\n## {group['title']}\n\n| feature | key | section | tests | state |\n| --- | --- | --- | --- | --- |\n")
        for row in group["row"]:
            key = f"`{row['key']}`" if "key" in row else ""
            out.append(f"| {row['feature']} | {key} | {row['section']} | {tests_cell(row)} | {state_of(row, results)} |\n")
    out.append(FAULTS_HEAD)
    for group in load("faults.toml"):
        out.append(f"\n## {group['title']}\n\n| fault | here | tests | state |\n| --- | --- | --- | --- |\n")
        for row in group["row"]:
            out.append(f"| {cell(row['fault'])} | {cell(row['here'])} | {tests_cell(row)} | {state_of(row, results)} |\n")
    return "".join(out)


def problems(results):
    """Of the tables themselves and of the tests they name; the page is right where there are none."""
    found = []
    for row in rows_of(load("features.toml")) + rows_of(load("faults.toml")):
        title = row.get("feature") or row["fault"]
        if ("tests" in row) == ("state" in row):
            found.append(f"{title}: a row has either tests or a state")
        if row.get("state", STATES[0]) not in STATES:
            found.append(f"{title}: state is one of {', '.join(STATES)}")
        for test in row.get("tests", []):
            names = matching(test, results)
            if not names:
                found.append(f"{title}: no test {test}")
            found += [f"{title}: {name} fails" for name in names if not results[name]]
    return found


def check(results):
    """What ./test says of the page after a whole run: (right, why not). The page is written where all its tests pass."""
    found = problems(results)
    if found:
        return False, "\n".join(found)
    text = page(results)
    if PAGE.exists() and PAGE.read_text() == text:
        return True, ""
    PAGE.write_text(text)
    return False, "docs/conformance.md was not what its tests say; it was written anew: look at the difference and keep it"


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit(__doc__)
    PAGE.write_text(page())
