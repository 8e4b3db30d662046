"""Trials with readers that are slow or stalled."""

import time

from bursts import TOPIC, burst
from children import Child, wait_until
from messages import numbered
from peer import address, wamp
from pump import Client, Paced, Pump, Slow
from router_process import Router
from rows import Row, mib, milliseconds, quantile, survived, trial

# Receive buffers of slow readers: the kernel's choice, and a small one.
LINES = [("a wide window", None), ("a narrow window", 64 << 10)]
SLOW_QUIET_S = 15.0  # pings come every 20 s


def slow_reader(router, count, rate, topic, receive_buffer):
    reader = Slow(wamp(router.port, receive_buffer=receive_buffer).subscribe(topic), count, rate)
    return Child(run_slow, [reader], 1.3 * count * 1000 / rate + 60)


def run_slow(clients, limit_s):
    return Pump(clients).run(limit_s, SLOW_QUIET_S)


def slow_burst(options, count, rate, what, **limits):
    """For each kind of line a publisher and a slow reader with a topic of their own, all at once."""
    with Router(options.threads, **limits) as router:
        topics = [f"trial.event.slow{number}" for number in range(len(LINES))]
        readers = [slow_reader(router, count, rate, topic, size) for topic, (_, size) in zip(topics, LINES)]
        publishers = [wamp(router.port) for _ in LINES]
        sent = run_slow([Client(peer, 0, burst(peer, count, 1000, topic), "publisher")
                         for peer, topic in zip(publishers, topics)], count * 1000 / rate + 60)
        rows = []
        for reader, one, (line, _) in zip(readers, sent, LINES):
            (got,) = reader.result(2 * count * 1000 / rate + 120)
            text = f"{got}" + ("" if one.all else f"; the publisher: {one}")
            rows.append(Row(f"{what}, {line}", text, "lives, gets all", got.all and one.all))
    return survived(router, rows)


@trial("slow-burst", "readers at 40 kB/s to whom a burst of 5 MB is published (2 minutes)")
def slow_readers_of_a_burst(options):
    return slow_burst(options, 5_000, 40_000, "a reader at 40 kB/s, 5,000 events of 1 KB in one burst")


@trial("slow-ping", "readers at 40 kB/s of 3 MB, over pings whose answers wait behind it (80 s)")
def slow_readers_and_pings(options):
    return slow_burst(options, 3_000, 40_000, "a reader at 40 kB/s, 3,000 events of 1 KB, a ping every 2 s",
                      ping_interval="2s")


@trial("slow-retained", "readers at 100 kB/s that are owed six retained events of 900 KB (1 minute)")
def slow_readers_of_retained(options):
    count, rate = 6, 100_000
    with Router(options.threads) as router:
        publisher = wamp(router.port)
        for number in range(count):
            say = {"acknowledge": True, "retain": True}
            publisher.ask([16, number + 1, say, f"trial.kept.{number}", [numbered(number, 900_000)]], 17)
        readers = []
        for _, size in LINES:
            peer = wamp(router.port, receive_buffer=size).subscribe("trial.kept.", match="prefix", get_retained=True)
            readers.append(Slow(peer, count, rate))
        rows = []
        for (line, _), got in zip(LINES, run_slow(readers, 180)):
            got.disorder = 0  # they have no order among each other
            what = f"a reader at 100 kB/s that is owed six retained events, 5.4 MB, {line}"
            rows.append(Row(what, str(got), "lives, gets all", got.all))
    return survived(router, rows)


class Healthy(Client):
    """Knows nothing but how many there were; done when the last number came."""

    def __init__(self, peer, expect, name):
        super().__init__(peer, expect, name=name)

    @property
    def done(self):
        return self.ended is not None or self.last == self.expect - 1


class Stalled:
    """`count` stalled readers beside 20 healthy ones, at `rate` events of 1 KiB a second: what it does to latency, loss
    and the kernel's memory. The stalled ones subscribe `before_s` after the start and read nothing from then on."""

    healthy_count = 20
    settle_s, before_s, during_s = 1.0, 10.0, 30.0

    def __init__(self, options, count, rate):
        self.count, self.rate = count, rate
        self.events = int(rate * (self.settle_s + self.before_s + self.during_s))
        with Router(options.threads) as router:
            self.measure(router)
        self.router = router

    def measure(self, router):
        readers = [Healthy(wamp(router.port, source=address(n)).subscribe(TOPIC), self.events, f"reader {n}")
                   for n in range(self.healthy_count)]
        stalled = [wamp(router.port, source=address(1000 + n)) for n in range(self.count)]
        start = time.monotonic() + 0.5
        limit = self.events / self.rate + 60
        reading = Child(_read, readers, limit)
        publisher = Paced(wamp(router.port), lambda n, due: [16, n + 1, {}, TOPIC, [numbered(n, 1024, due)]],
                          self.events, self.rate, start)
        publishing = Child(_read, [publisher], limit)
        self.split_s = start + self.settle_s + self.before_s
        time.sleep(max(0.0, self.split_s - time.monotonic()))
        for peer in stalled:
            peer.send([32, 1, {}, TOPIC])  # the answer is not read either
        self.watch_kernel(router)
        self.publisher, = publishing.result(limit)
        self.readers = reading.result(limit)
        self.after(router, stalled)

    def watch_kernel(self, router):
        """Samples until the load ends."""
        before = router.sockets().router
        self.held = self.resident_max = 0
        resident = router.resident()
        end = self.split_s + self.during_s
        while time.monotonic() < end and router.alive:
            self.held = max(self.held, router.sockets().router - before)
            self.resident_max = max(self.resident_max, router.resident() - resident)
            time.sleep(0.1)

    def after(self, router, stalled):
        """Those that read nothing were ended, or not; what the kernel still holds for ended ones is nobody's."""
        wait_until(lambda: router.sockets().orphans == 0, 5.0)
        sockets = router.sockets()
        self.orphans, self.orphan_bytes = sockets.orphans, sockets.orphan_bytes
        self.ended = self.count + self.healthy_count + 1 - (sockets.connections - sockets.orphans)
        for peer in stalled:
            peer.close()

    def late(self, before):
        settled = self.split_s - self.before_s
        return [late for reader in self.readers for due, late in zip(reader.due_at, reader.late)
                if (settled <= due < self.split_s if before else due >= self.split_s)]

    def rows(self, what):
        before, during = self.late(True), self.late(False)
        lost = sum(reader.lost for reader in self.readers)
        ended = sum(reader.ended is not None for reader in self.readers)
        p99_before, p99_during = (quantile(sorted(values), 0.99) for values in (before, during))
        text = f"p50/p99/max before {milliseconds(before)}, during {milliseconds(during)}"
        yield Row(f"{what}: how late events reach the healthy", text, "p99 at most twice the p99 before",
                  p99_during <= 2 * p99_before)
        text = f"{lost:,} of {self.events * self.healthy_count:,}"
        text += f", {ended} healthy readers ended" if ended else ""
        if not self.publisher.all:
            text += f"; the publisher: {self.publisher}"
        yield Row(f"{what}: lost by the healthy", text, "none", lost == 0 and not ended and self.publisher.all)


def _read(clients, limit):
    return Pump(clients).run(limit, None)


@trial("stalled-1", "one stalled reader beside 20 healthy ones (45 s)")
def one_stalled(options):
    stalled = Stalled(options, 1, 2_000)
    return survived(stalled.router, list(stalled.rows("1 stalled beside 20 healthy, 2,000 events/s")))


@trial("stalled-200", "200 stalled readers beside 20 healthy ones, and the kernel's memory (45 s)")
def many_stalled(options):
    stalled = Stalled(options, 200, 2_000)
    rows = list(stalled.rows("200 stalled beside 20 healthy, 2,000 events/s"))
    rows.append(Row("memory in the kernel for the router's end of all sockets, 200 stalled", mib(stalled.held),
                    "at most 60 MiB", stalled.held <= 60 << 20))
    rows.append(Row("the router's own memory meanwhile", f"{mib(stalled.resident_max)} more",
                    "at most 200 outboxes of 4 MiB", stalled.resident_max <= 200 * (4 << 20)))
    text = f"{stalled.ended} ended, {stalled.orphans} orphans, {mib(stalled.orphan_bytes)}"
    rows.append(Row("left in the kernel of stalled readers that were ended", text, "no orphans", stalled.orphans == 0))
    return survived(stalled.router, rows)
