"""How mutants of sources are built beside each other, without touching what the unit tests are built of: each mutated source
is compiled to an object file of its own, and the test program is linked again with that object file in front of the library
that holds the original. One run of ninja builds a whole batch."""

import collections
import re


def compiled(command, source, object_file):
    """The command that compiles a source, as compile_commands.json has it, for another source and object file."""
    found = re.fullmatch(r"(.*) -o \S+ -c \S+", command)
    if not found:
        raise ValueError(f"cannot read this compile command: {command}")
    return f"{found[1]} -w -o {object_file} -c {source}"  # a mutant may well leave a variable without use


def linked(commands, object_file, program):
    """The command that links a test program, which is the last one that `ninja -t commands` says, for another program with
    one more object file. What it does not define the libraries still have."""
    parts = commands.strip().splitlines()[-1].split(" && ")
    link = next((part for part in parts if re.search(r" -o \S+_tests ", part)), None)
    if not link:
        raise ValueError(f"cannot read this link command: {parts}")
    return re.sub(r" -o \S+_tests ", lambda _: f" {object_file} -o {program} ", link, count=1)


def ninja_file(edges, folder):
    """The text of a ninja file. Edges: (output, inputs, command). `folder`: where ninja keeps its log."""
    text = f"builddir = {folder}\nrule run\n  command = $what\n  description = $out\n"
    for output, inputs, command in edges:
        text += f"build {output}: run {' '.join(str(one) for one in inputs)}\n  what = {command.replace('$', '$$')}\n"
    return text


def parts(deps, root):
    """From what `ninja -t deps` says: the object files of each source below `root`."""
    objects, name = collections.defaultdict(list), None
    for line in deps.splitlines():
        if not line.startswith(" "):
            name = line.split(":")[0]
        elif line.strip().startswith(f"{root}/"):
            objects[line.strip()[len(f"{root}/"):]].append(name)
    return objects
