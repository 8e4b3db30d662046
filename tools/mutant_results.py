"""What became of the mutants of tests/mutants: written to a file as soon as it is known, said, and counted."""

import hashlib
import json

LEAST_PERCENT = 95


class Results:
    """What became of each mutant, in this run and in earlier ones: name -> {text, by}."""

    def __init__(self, file):
        self.file = file
        self.known = json.loads(self.file.read_text()) if self.file.is_file() else {}

    def text_of(self, mutant):
        return hashlib.sha256("\0".join([mutant.path, *mutant.texts(), *mutant.layers()]).encode()).hexdigest()

    def caught_before(self, mutant):
        """Which test caught it, or None."""
        result = self.known.get(mutant.name)
        return result["by"] if result and result["text"] == self.text_of(mutant) else None

    def put(self, mutant, by):
        self.known[mutant.name] = {"text": self.text_of(mutant), "by": by}
        written = self.file.with_suffix(".new")
        written.write_text(json.dumps(self.known, indent=1))
        written.replace(self.file)


class Score:
    """What became of each mutant, said as soon as it is known."""

    def __init__(self, results):
        self.results = results
        self.caught, self.survived, self.broken, self.earlier = 0, [], 0, 0

    def of_earlier(self, mutant):
        """Counts it, if an earlier run has seen it caught."""
        if not self.results.caught_before(mutant):
            return False
        self.caught += 1
        self.earlier += 1
        return True

    def judged(self, mutant, by):
        self.results.put(mutant, by)
        if by:
            self.caught += 1
            print(f"caught    {mutant.name} by {by}", flush=True)
        else:
            self.survived.append(mutant)
            print(f"SURVIVED  {mutant.name} {mutant.path}: {mutant.title}", flush=True)

    def refused(self, fault):
        self.broken += 1
        print(f"broken    {fault}", flush=True)

    def finish(self):
        """The last lines, and the exit code."""
        for mutant in self.survived:
            print(f"survived: {mutant.name} {mutant.path}: {mutant.title}")
        print(f"{self.caught} caught, {len(self.survived)} survived" +
              (f" ({self.earlier} were caught by an earlier run)" if self.earlier else ""))
        if self.broken:
            return 2
        return 0 if self.caught * 100 >= LEAST_PERCENT * (self.caught + len(self.survived)) else 1
