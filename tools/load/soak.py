"""Runs the router for minutes at 70 % of what it can do, with all kinds of trouble beside, and says what came of it.

tools/soak starts this. The steady load is `heddle bench mixed` and `heddle bench call`, at 35 % each of the rates that
the two reach alone; witnesses read a topic of their own and miss nothing; trouble.py is the rest.
"""

import argparse
import json
import subprocess
import sys
import time

import kernel
from children import Child, wait_until
from messages import numbered
from peer import address, link, wamp
from pump import Paced, Pump
from router_process import Router, executable
from rows import HEAD, Row, mib, milliseconds, quantile
from slow import Healthy
from trouble import LANE, NODE, TOPIC, Trouble

SHARE = 0.7
LOADS = {"mixed": ["mixed", "--subscribers", "20"], "call": ["call", "--callers", "4", "--inflight", "32"]}
CAPACITY_S = 4
# The load is open: it goes on calling while the machine has no time for the router.
LIMITS = {"calls": 200_000, "invocations": 200_000, "caller_invocations": 200_000}
WITNESS_RATE = 100  # events of 1 KiB a second
LATE_MAX_S = 1.0  # p99 of the witnesses: patience for stalled readers, and the machine's other work, are in it
GROWTH_MAX = 16 << 20  # from the second fifth of the run to its last
SETTLE_S = 20.0


def bench(router, load, seconds, rate=0):
    command = [executable(), "bench", *LOADS[load], "--duration", f"{seconds}s", "-o", "json", "--pid", str(router.pid),
               "--url", f"ws://127.0.0.1:{router.port}"]
    if rate:
        command += ["--rate", str(int(rate))]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def report_of(process, limit_s):
    try:
        out, err = process.communicate(timeout=limit_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return None, "did not end"
    return (json.loads(out), "") if process.returncode == 0 else (None, err.strip()[-300:])


def capacity(router):
    """Messages a second that each load reaches alone, as fast as it goes."""
    found = {}
    for load in LOADS:
        report, problem = report_of(bench(router, load, CAPACITY_S), CAPACITY_S + 60)
        if not report:
            raise RuntimeError(f"heddle bench {load}: {problem}")
        found[load] = report["sent"] / report["seconds"]
    return found


class Samples:
    """Memory and descriptors of the router, once a second."""

    def __init__(self, router):
        self.router = router
        self.taken = []  # (time, resident bytes, descriptors)
        self.cpu_at_start, self.start = kernel.cpu_seconds(router.pid), time.monotonic()

    def take(self):
        now = time.monotonic()
        if self.router.alive and (not self.taken or now - self.taken[-1][0] >= 1):
            self.taken.append((now, self.router.resident(), self.router.descriptors()))

    def cores(self):
        return (kernel.cpu_seconds(self.router.pid) - self.cpu_at_start) / (time.monotonic() - self.start)

    def fifth(self, number, field):
        """The median of a field in one fifth of the run."""
        size = max(1, len(self.taken) // 5)
        values = sorted(sample[field] for sample in self.taken[number * size : (number + 1) * size])
        return values[len(values) // 2] if values else 0

    def slope(self, field):
        """Least squares over the last four fifths: units an hour."""
        taken = self.taken[len(self.taken) // 5 :]
        if len(taken) < 2:
            return 0.0
        times, values = [sample[0] for sample in taken], [sample[field] for sample in taken]
        middle, mean = sum(times) / len(times), sum(values) / len(values)
        spread = sum((at - middle) ** 2 for at in times)
        return 3600 * sum((at - middle) * (value - mean) for at, value in zip(times, values)) / spread


def witnesses(router, seconds):
    """A publisher and seven readers of its topic, in two processes."""
    count, start = int(WITNESS_RATE * seconds), time.monotonic() + 1
    to = router.port
    readers = [Healthy(wamp(to, source=address(20_000 + n)).subscribe(TOPIC), count, f"WAMP {n}") for n in range(5)]
    readers += [Healthy(link(to, NODE, LANE, source=address(20_100 + n)), count, f"WARP {n}") for n in range(2)]
    publisher = Paced(wamp(to), lambda n, due: [16, n + 1, {}, TOPIC, [numbered(n, 1024, due)]],
                      count, WITNESS_RATE, start)
    run = [Child(lambda: Pump(readers).run(seconds + 60)), Child(lambda: Pump([publisher]).run(seconds + 60))]
    for one in [*readers, publisher]:
        one.peer.leave_to_child()
    return run


def soak(router, seconds, seed):
    rates = capacity(router)
    wait_until(lambda: router.sockets().connections == 0, 10)
    base_open, base = router.descriptors(), router.resident()
    loads = {load: bench(router, load, int(seconds), rate * SHARE / len(LOADS)) for load, rate in rates.items()}
    watched, trouble, samples = witnesses(router, seconds), Trouble(router, seed), Samples(router)
    trouble.run(time.monotonic() + seconds, samples.take)
    cores = samples.cores()
    trouble.close()
    rows = [load_row(load, rates[load], *report_of(process, 90)) for load, process in loads.items()]
    rows += witness_rows(watched[0].result(90), watched[1].result(90)[0])
    counts = ", ".join(f"{what} {count}" for what, count in sorted(trouble.counts.items()))
    refused = ", ".join(f"{labels} {count:,}" for labels, count in router.refusals().items()) or "none"
    print(f"\nTrouble: {counts}; the router used {cores:.2f} cores; refused at limits: {refused}\n")
    wait_until(lambda: router.descriptors() <= base_open, SETTLE_S)
    rows += memory_rows(samples, base, router.resident(), base_open, router.descriptors())
    return rows, trouble


def load_row(load, rate, report, problem):
    what = f"heddle bench {load}, {rate * SHARE / len(LOADS):,.0f}/s of {rate:,.0f}/s that it reaches alone"
    if not report:
        return Row(what, problem, "nothing lost", False)
    late = report["latency_us"]
    text = (f"{report['delivered']:,} of {report['expected']:,} delivered, {report['errors']} errors; "
            f"p50/p99 {late['p50'] / 1000:.2f}/{late['p99'] / 1000:.2f} ms")
    return Row(what, text, "nothing lost", report["lost"] == 0 and report["errors"] == 0)


def witness_rows(readers, publisher):
    late = [one for reader in readers for one in reader.late]
    bad = [f"{reader.name}: {reader}" for reader in readers if not reader.all]
    text = f"{sum(reader.seen for reader in readers):,} of {sum(reader.expect for reader in readers):,}"
    text = "; ".join([text, *bad] + ([] if publisher.all else [f"the publisher: {publisher}"]))
    yield Row("seven readers that read all the time", text, "nothing lost", not bad and publisher.all)
    yield Row("how late events reach them, p50/p99/max", milliseconds(late), f"p99 below {LATE_MAX_S:.0f} s",
              bool(late) and quantile(sorted(late), 0.99) < LATE_MAX_S)


def memory_rows(samples, base, left, base_open, left_open):
    growth = samples.fifth(4, 1) - samples.fifth(1, 1)
    most = max((sample[1] for sample in samples.taken), default=0)
    text = (f"{mib(base)} before, median {mib(samples.fifth(1, 1))} in the second fifth and "
            f"{mib(samples.fifth(4, 1))} in the last, {mib(most)} at most, {mib(left)} after; "
            f"slope {mib(samples.slope(1))} an hour")
    yield Row("memory of the router", text, "at most 16 MiB more in the last fifth than in the second",
              growth <= GROWTH_MAX)
    text = (f"{base_open} before, {samples.fifth(1, 2)} in the second fifth, {samples.fifth(4, 2)} in the last, "
            f"{left_open} after all left; slope {samples.slope(2):.1f} an hour")
    yield Row("descriptors of the router", text, "as many after as before", left_open <= base_open)


def main():
    parser = argparse.ArgumentParser(prog="tools/soak", description=__doc__.splitlines()[0])
    parser.add_argument("minutes", nargs="?", type=float, default=60.0, help="default 60")
    parser.add_argument("seed", nargs="?", type=int, default=int(time.time()),
                        help="which trouble comes when is drawn from it (default: the time)")
    parser.add_argument("--threads", type=int, default=2, help="threads of the router (default 2)")
    told = parser.parse_args()
    print(f"{executable()}, {told.threads} threads, {told.minutes:g} minutes, seed {told.seed}", flush=True)
    with Router(told.threads, **LIMITS) as router:
        rows, trouble = soak(router, 60 * told.minutes, told.seed)
    failed = "; ".join(f"{what} {count} times, first with: {words}" for what, (count, words) in trouble.failed.items())
    rows.append(Row("clients and edits that did not get their answer", failed or "none", "none", not failed))
    errors = [line for line in router.said.splitlines() if " error " in line or "level=error" in line]
    rows.append(Row("the router itself", f"exit code {router.exit_code}, {len(errors)} lines of level error", "0, none",
                    router.exit_code == 0 and not errors))
    print("\n".join([HEAD, *(row.line() for row in rows)]))
    missed = sum(not row.reached for row in rows)
    print(f"\n{len(rows) - missed} reached, {missed} missed")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
