"""What a rule is, and the patterns that many rules share."""

import dataclasses
import re
from typing import Callable, Optional

CORE = ("serializers", "realms", "bridge")
LAYERS = (*CORE, "router")  # each may include itself and what stands before it


@dataclasses.dataclass
class Rule:
    name: str
    applies: Callable  # path -> bool
    check: Callable  # (path, text) -> [(line number, problem)]
    refused: list  # (path, text) pairs that the rule must find fault with
    accepted: list
    check_tree: Optional[Callable] = None  # all paths -> [problem]


def folder(path):
    return path.split("/", 1)[0]


def is_cpp(path):
    return path.endswith((".hpp", ".cpp"))


def is_core(path):
    return is_cpp(path) and folder(path) in CORE


def is_data(path):
    return path.startswith("tests/data/") or path.endswith("package-lock.json")


def without_comments(text):
    """The code alone; line numbers stay. Strings are emptied, so that a word in a message is no call."""
    pattern = r'//[^\n]*|/\*.*?\*/|R"(?P<d>[^( ]*)\(.*?\)(?P=d)"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\''

    def blank(found):
        word = found.group()
        lines = "\n" * word.count("\n")
        return lines if word.startswith("/") else '""' + lines

    return re.sub(pattern, blank, text, flags=re.DOTALL)


def matches(pattern, text, problem):
    """(line, problem) for each line of `text` that the pattern finds something in."""
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        hit = re.search(pattern, line)
        if hit:
            found.append((number, problem.format(hit.group().strip())))
    return found
