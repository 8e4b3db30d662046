"""The house rules as tests.  tidy.py            checks all rules, first on their own samples, then on the tree
                           tidy.py RULE...    only these
                           tidy.py --list     names them
Each rule carries snippets that it must refuse and snippets that it must accept, so a rule that has gone blind fails too."""

import pathlib
import subprocess
import sys

import attack_rules
import code_rules
import name_rules
import tree_rules

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
RULES = {rule.name: rule for rule in code_rules.RULES + name_rules.RULES + tree_rules.RULES + attack_rules.RULES}


def tree():
    """Every file that is committed or about to be: what git knows, or would take."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, capture_output=True, check=True).stdout.decode().split("\0")
    return sorted(path for path in set(listed) if path and (ROOT / path).is_file())


def self_test(rule):
    for path, text in rule.refused:
        if not rule.check(path, text):
            yield f"{rule.name} is blind: it accepts this as {path}:\n{text[:400]}"
    for path, text in rule.accepted:
        for line, problem in rule.check(path, text):
            yield f"{rule.name} is too strict: it refuses this as {path}:{line}: {problem}\n{text[:400]}"


def check_tree(rule, paths):
    if rule.check_tree is not None:
        yield from rule.check_tree(paths)
    for path in paths:
        if not rule.applies(path):
            continue
        text = (ROOT / path).read_bytes().decode("utf-8", errors="surrogateescape")
        for line, problem in rule.check(path, text):
            yield f"{path}:{line}: {problem}"


def main(arguments):
    if arguments == ["--list"]:
        print("\n".join(RULES))
        return 0
    unknown = [name for name in arguments if name not in RULES]
    if unknown:
        print(f"no such rule: {', '.join(unknown)}; there are: {', '.join(RULES)}")
        return 2
    paths = tree()
    problems = 0
    for rule in (RULES[name] for name in (arguments or RULES)):
        for problem in [*self_test(rule), *check_tree(rule, paths)]:
            print(f"{rule.name}: {problem}")
            problems += 1
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
