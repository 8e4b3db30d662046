"""Rules about files and folders: how long, how large, what must lie where."""

import os
import pathlib
import re

from rule import Rule, is_data, matches

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SOURCES = (".hpp", ".cpp", ".py", ".mjs", ".js", ".html", ".css", ".cmake", ".toml", "CMakeLists.txt", "/run", "/test", "/setup", "/build")
# Written apart, so that this file keeps its own rule.
MACHINE_PATHS = "|".join(["/wo" "rk/", "/ro" "ot/", "/ho" "me/", "/tm" "p/", r"\.py" "env", r"registry\.np" "mjs", r"deb\.deb" r"ian\.org",
                          r"\.\./sha" "red", "C:" r"\\\\"])


def is_source(path):
    return not is_data(path) and ("/" + path).endswith(SOURCES)


def file_length(path, text):
    lines = text.count("\n")
    head = "\n".join(text.split("\n")[:20])
    if lines > 400:
        return [(401, f"{lines} lines; 400 at most")]
    if lines > 300 and not re.search(r"(?://|#|\*|<!--|\"\"\").*\b[Ll]ong\b", head):
        return [(301, f"{lines} lines; above 300 a comment at the top says why it is long (\"Long because ...\")")]
    return []


def line_length(path, text):
    return [(number, f"{len(line)} columns; 140 at most") for number, line in enumerate(text.split("\n"), 1) if len(line) > 140]


def machine_paths(path, text):
    return matches(MACHINE_PATHS, text, "{!r}: this is true on one machine only")


def size_and_kind(path, text):
    raw = text.encode("utf-8", errors="surrogateescape")
    if len(raw) > 1 << 20:
        return [(1, f"{len(raw)} bytes; 1 MiB at most")]
    if b"\0" in raw and not path.endswith(".png"):
        return [(1, "a binary file; only sources, texts and pictures of the documentation live here")]
    return []


def readme_in_each_folder(paths):
    """Top-level folders, each example, and the tests that are no plain mirror of a layer."""
    known = set(paths)
    folders = {path.split("/", 1)[0] for path in paths if "/" in path}
    deeper = ("examples/", "tests/system/", "tests/tidy/", "tests/data/")
    folders |= {"/".join(path.split("/", 2)[:2]) for path in paths if path.count("/") > 1 and path.startswith(deeper)}
    bare = (folder for folder in folders if not os.path.basename(folder).startswith(".") and folder + "/README.md" not in known)
    return [f"{folder} has no README.md" for folder in sorted(bare)]


def links_lead_somewhere(path, text):
    """Relative links of a page, without what follows a #."""
    problems = []
    for number, line in enumerate(text.split("\n"), 1):
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", re.sub(r"`[^`]*`", "", line)):
            if "://" not in target and not (ROOT / os.path.dirname(path) / target).exists():
                problems.append((number, f"nothing lies at {target}"))
    return problems


def header_guard(path, text):
    return [] if re.search(r"^#pragma once$", text, re.MULTILINE) else [(1, "a header says #pragma once")]


RULES = [
    Rule("file_length", is_source, file_length,
         refused=[("a.cpp", "\n" * 401), ("a.cpp", "// about things\n" * 301)],
         accepted=[("a.cpp", "\n" * 300), ("a.cpp", "// Long because the table is one thing.\n" + "\n" * 390)]),
    Rule("line_length", is_source, line_length,
         refused=[("a.cpp", "x" * 141)], accepted=[("a.cpp", "x" * 140 + "\n"), ("a.cpp", "é" * 140)]),
    Rule("machine_paths", lambda path: not path.startswith("tests/data/"), machine_paths,
         refused=[("a.md", "see /wo" "rk/main"), ("a.cpp", 'open("/tm' 'p/x")'),
                  ("package-lock.json", '"resolved": "https://registry.np' 'mjs.org/x"'),
                  ("a.md", "../sha" "red/design.md")],
         accepted=[("a.md", "the work/ folder, temporary files, /usr/bin/python3")]),
    Rule("size_and_kind", lambda path: True, size_and_kind,
         refused=[("a.txt", "x" * ((1 << 20) + 1)), ("a.out", "\x7fELF\0")],
         accepted=[("a.txt", "x" * (1 << 20)), ("docs/a.png", "PNG\0")]),
    Rule("header_guard", lambda path: path.endswith(".hpp"), header_guard,
         refused=[("a.hpp", "int x;")], accepted=[("a.hpp", "// about\n#pragma once\nint x;\n")]),
    Rule("links", lambda path: path.endswith(".md") and not is_data(path), links_lead_somewhere,
         refused=[("docs/a.md", "see [that](nowhere.md)"), ("README.md", "[a](docs/README.md) [b](docs/none.md#part)")],
         accepted=[("docs/a.md", "[here](README.md#x) [there](https://example.com/a) `[1](2)` [top](../README.md)")]),
    Rule("readme_in_each_folder", lambda path: False, lambda path, text: [(1, p) for p in readme_in_each_folder([path])],
         refused=[("realms/realm.hpp", ""), ("examples/cursor/run", "")], accepted=[("README.md", ""), ("realms/README.md", "")],
         check_tree=readme_in_each_folder),
]
