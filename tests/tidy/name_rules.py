"""Rules about names: one qualified name, one type (the one-definition rule of C++, which no linker checks for types)."""

import pathlib
import re

from rule import LAYERS, Rule, folder, is_cpp, without_comments

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TYPE = re.compile(r"\b(?:class|struct|union|enum(?:\s+(?:class|struct))?)\s+(?:alignas\s*\([^)]*\)\s*|\[\[[^\]]*\]\]\s*)*"
                  r"(?P<name>\w+(?:\s*<[^{}]*?>)?)\s*(?:final\s*)?(?::[^:].*)?$", re.DOTALL)
NAMESPACE = re.compile(r"\bnamespace(?P<name>[\s\w:]*)$")


def types_of(path, text):
    """(qualified name, line) of every type that is defined in a named namespace; those without a name are a file's own."""
    code = re.sub(r"^[ \t]*#.*$", "", without_comments(text), flags=re.MULTILINE)
    found, scopes, head, line = [], [], "", 1
    for char in code:
        if char == "\n":
            line += 1
        if char == "{":
            outer = [name for kind, name in scopes]
            space, kind = NAMESPACE.search(head), TYPE.search(head)
            if space:
                scopes.append(("namespace", space.group("name").strip() or f"({path})"))
            elif kind and "(" not in head.split("alignas")[0] and all(kind == "namespace" for kind, _ in scopes):
                found.append(("::".join([*outer, re.sub(r"\s+", "", kind.group("name"))]), line))
                scopes.append(("type", ""))
            else:
                scopes.append(("block", ""))
            head = ""
        elif char == "}":
            if scopes:
                scopes.pop()
            head = ""
        elif char == ";":
            head = ""
        else:
            head += char
    return found


def defined_twice(files):
    """(path, line, problem) for each type whose name another one has, in (path, text) pairs."""
    first = {}
    for path, text in files:
        for name, line in types_of(path, text):
            if name in first:
                yield path, line, f"{name} is another type in {first[name]}: give it a name or a namespace of its own"
            else:
                first[name] = f"{path}:{line}"


def check_tree(paths):
    files = [(path, (ROOT / path).read_text(errors="replace")) for path in paths if is_cpp(path) and folder(path) in LAYERS]
    return [f"{path}:{line}: {problem}" for path, line, problem in defined_twice(files)]


def rule_on_one_text(path, text):
    """A sample is one text; in the tree all files count as one."""
    return [(line, problem) for _, line, problem in defined_twice([(path, text)])]


REOPENED = """namespace heddle {
struct A { int a; };
}
namespace heddle {
class A final : public B<int> {
};
}
"""
NESTED = """namespace heddle::cli {
enum class A : std::uint8_t { a };
}
namespace heddle {
namespace cli {
template <class T>
struct A {
};
}
}
"""
BEHIND_A_FUNCTION = "namespace a {\nvoid f() { if (x) { } }\nstruct B {};\nstruct B {};\n}"
INNER = "namespace heddle {\nstruct A { struct C { int a; }; };\nstruct B { struct C {}; };\nstruct A;\n}"
APART = "namespace a {\nstruct A {};\n}\nnamespace b {\nstruct A {};\n}\n// struct A {};\n"
SPECIAL = "namespace std {\ntemplate <>\nstruct hash<A> {};\ntemplate <>\nstruct hash<B> {};\n}"
ARGUMENTS = "namespace a {\nint f(struct stat& s) { return 1; }\nint g(struct stat& s) { return 1; }\nenum E { x };\n}"

RULES = [
    Rule("one_definition", lambda path: False, rule_on_one_text, check_tree=check_tree,
         refused=[("router/a.hpp", REOPENED), ("router/a.hpp", NESTED), ("router/a.cpp", BEHIND_A_FUNCTION)],
         accepted=[("router/a.hpp", INNER), ("router/a.hpp", APART), ("router/a.hpp", SPECIAL), ("router/a.cpp", ARGUMENTS)]),
]
