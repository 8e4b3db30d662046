"""The lists of mutants in tests/mutants: reading them, and applying one to the text of its file."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent
LISTS = ROOT / "tests" / "mutants"
LAYERS = ("serializers", "realms", "bridge")


class Fault(Exception):
    """Something is wrong with a list of mutants, or with the build."""


class Mutant:
    def __init__(self, name, title, place):
        self.name, self.title, self.place = name, title, place
        self.path, self.old, self.new, self.programs = None, [], [], []

    def texts(self):
        return "\n".join(self.old), "\n".join(self.new)

    def check(self, root):
        """The mutated text of the file. Raises Fault where the mutant does not apply."""
        old, new = self.texts()
        if not self.path or not self.old:
            raise Fault(f"{self.place}: {self.name} needs a file and at least one line that begins with '- '")
        if self.path.split("/")[0] not in LAYERS:
            raise Fault(f"{self.place}: {self.name} changes {self.path}, which is in none of {', '.join(LAYERS)}")
        if old == new:
            raise Fault(f"{self.place}: {self.name} changes nothing")
        file = root / self.path
        if not file.is_file():
            raise Fault(f"{self.place}: {self.name} changes {self.path}, which does not exist")
        text = file.read_text()
        found = text.count(old)
        if found != 1:
            raise Fault(f"{self.place}: {self.name} does not apply to {self.path}: its old text is there {found} times, "
                        "and must be there once. Change the mutant to fit the code as it is now")
        return text.replace(old, new)

    def layers(self):
        return self.programs or [self.path.split("/")[0]]


def parse(text, name):
    """The mutants of one list (tests/mutants/README.md)."""
    mutants = []
    for number, line in enumerate(text.split("\n"), 1):
        place = f"{name}:{number}"
        if line.startswith("== "):
            head = line[3:].split(" ", 1)
            mutants.append(Mutant(head[0], head[1] if len(head) > 1 else "", place))
        elif not line.strip() or line.startswith("#"):
            continue
        elif not mutants:
            raise Fault(f"{place}: a list begins with a line '== NAME what is wrong with it'")
        elif line.startswith("- ") or line == "-":
            mutants[-1].old.append(line[2:])
        elif line.startswith("+ ") or line == "+":
            mutants[-1].new.append(line[2:])
        elif line.startswith("tests: "):
            mutants[-1].programs = line[7:].split()
            if not set(mutants[-1].programs) <= set(LAYERS):
                raise Fault(f"{place}: 'tests:' names some of {', '.join(LAYERS)} (got {line[7:]!r})")
        elif mutants[-1].path is None:
            mutants[-1].path = line.strip()
        else:
            raise Fault(f"{place}: {line!r} is neither a file, nor a line that begins with '- ', '+ ' or 'tests: '")
    return mutants


def load(lists=LISTS):
    mutants, names = [], set()
    for file in sorted(lists.glob("*.txt")):
        mutants += parse(file.read_text(), file.name)
    for mutant in mutants:
        if mutant.name in names:
            raise Fault(f"{mutant.place}: there are two mutants called {mutant.name}")
        names.add(mutant.name)
    if not mutants:
        raise Fault(f"{lists} holds no mutants")
    return mutants


def chosen(mutants, patterns):
    if not patterns:
        return mutants
    found = [mutant for mutant in mutants if any(re.fullmatch(pattern, mutant.name) for pattern in patterns)]
    if not found:
        raise Fault(f"no mutant has a name that matches {' or '.join(patterns)}")
    return found
