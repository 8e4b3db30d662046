"""Rows of the table: what was measured, what it is held against, and the list of trials by name."""

import dataclasses

TRIALS = {}  # name -> (function(options) -> [Row], what the trial is)


@dataclasses.dataclass
class Row:
    trial: str
    measured: str
    to_reach: str
    reached: bool

    def line(self):
        cells = [self.trial, self.measured, self.to_reach, "reached" if self.reached else "**missed**"]
        return "| " + " | ".join(cell.replace("|", "/").replace("\n", " ") for cell in cells) + " |"


HEAD = "| trial | measured | to reach | verdict |\n| --- | --- | --- | --- |"


@dataclasses.dataclass
class Options:
    threads: int = 2
    connections: int = 10_000


def trial(name, what):
    """Registers function(options) as a trial."""

    def register(function):
        TRIALS[name] = (function, what)
        return function

    return register


def mib(count):
    return f"{count / (1 << 20):,.1f} MiB"


def kib(count):
    return f"{count / (1 << 10):,.1f} KiB"


def quantile(values, part):
    """The smallest value that at least `part` of all are not above. `values` is sorted."""
    return values[min(len(values) - 1, int(part * len(values)))] if values else 0.0


def milliseconds(values):
    """p50/p99/max of times in seconds."""
    values = sorted(values)
    return "/".join(f"{1000 * quantile(values, part):.2f}" for part in (0.5, 0.99, 1)) + " ms"


def survived(router, rows):
    """The rows of a trial, and one more where the router is gone or did not leave as it should."""
    if router.exit_code:
        words = f"ended with {router.exit_code}: {router.said[-300:]}"
        rows.append(Row("the router itself", words, "alive to the end", False))
    return rows
