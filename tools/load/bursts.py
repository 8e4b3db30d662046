"""Trials with one publisher that says as much as it can at once, to a reader that does nothing but read."""

from children import Child
from messages import numbered
from peer import link, wamp
from pump import Client, Pump
from router_process import Router
from rows import Row, survived, trial

TOPIC, NODE, LANE = "trial.event.burst", "/trial/event", "burst"
LIMIT_S = 120.0  # a burst takes seconds; this ends a router that holds its publisher up for ever
QUIET_S = 4.0

BURSTS = [("burst-few", 2_000, 1024, "2,000 events of 1 KiB"),
          ("burst-many", 20_000, 1024, "20,000 events of 1 KiB"),
          ("burst-small", 100_000, 32, "100,000 events of 32 bytes"),
          ("burst-large", 30, 900_000, "30 events of 900 KB")]

READERS = [("wamp", "a WAMP subscriber over RawSocket", lambda to: wamp(to).subscribe(TOPIC)),
           ("json", "a WAMP subscriber over RawSocket, JSON", lambda to: wamp(to, "json").subscribe(TOPIC)),
           ("warp", "a WARP event link", lambda to: link(to, NODE, LANE))]


def burst(peer, count, size, topic=TOPIC, **options):
    """The bytes of `count` numbered publications."""
    return b"".join(peer.framed([16, number + 1, options, topic, [numbered(number, size)]]) for number in range(count))


def run(*clients, limit_s=LIMIT_S, quiet_s=QUIET_S):
    return Pump(clients).run(limit_s, quiet_s)


def burst_trial(count, size, what, open_reader, reader_what):
    def function(options):
        with Router(options.threads) as router:
            reader = Child(run, Client(open_reader(router.port), count, name="reader"))
            publisher = wamp(router.port)
            (sent,) = run(Client(publisher, 0, burst(publisher, count, size), "publisher"))
            (got,) = reader.result(LIMIT_S + 10)
        text = f"{got}" + ("" if sent.all else f"; the publisher: {sent}")
        return survived(router, [Row(f"{what} in one burst to {reader_what}", text, "all", got.all and sent.all)])

    return function


for _name, _count, _size, _what in BURSTS:
    for _reader, _reader_what, _open in READERS:
        trial(f"{_name}-{_reader}", f"{_what} in one burst to {_reader_what}")(
            burst_trial(_count, _size, _what, _open, _reader_what))


@trial("burst-both", "one burst to a WAMP subscriber and a WARP event link at once")
def burst_to_both(options):
    count = 20_000
    with Router(options.threads) as router:
        readers = [Child(run, Client(open_reader(router.port), count)) for _, _, open_reader in READERS]
        publisher = wamp(router.port)
        (sent,) = run(Client(publisher, 0, burst(publisher, count, 1024), "publisher"))
        got = [reader.result(LIMIT_S + 10)[0] for reader in readers]
    text = "; ".join(map(str, got)) + ("" if sent.all else f"; the publisher: {sent}")
    return survived(router, [Row("20,000 events of 1 KiB to WAMP, WAMP in JSON and WARP readers at once", text, "all",
                                 sent.all and all(one.all for one in got))])


@trial("burst-self", "a connection that publishes to itself, and reads while it does")
def burst_to_itself(options):
    count = 20_000
    with Router(options.threads) as router:
        peer = wamp(router.port).subscribe(TOPIC)
        (got,) = run(Client(peer, count, burst(peer, count, 1024, exclude_me=False)))
    return survived(router, [Row("20,000 events of 1 KiB by a connection to itself", str(got), "all", got.all)])


class WritesFirst(Client):
    """Reads nothing before all that it has to say is out."""

    @property
    def wants_read(self):
        return not self.outgoing


@trial("burst-self-blind", "a connection that publishes to itself, and reads nothing before all is said")
def burst_to_itself_blind(options):
    count = 20_000
    with Router(options.threads) as router:
        peer = wamp(router.port).subscribe(TOPIC)
        (got,) = run(WritesFirst(peer, count, burst(peer, count, 1024, exclude_me=False)), quiet_s=15)
    return survived(router, [Row("the same, when it writes all before it reads", str(got),
                                 "all is taken, it lives; it may lose events",
                                 not got.unsent and not got.ended and got.seen > 0)])


@trial("burst-mutual", "two peers that publish to each other in bursts")
def burst_mutual(options):
    count = 20_000
    with Router(options.threads) as router:
        one = wamp(router.port).subscribe("trial.event.one")
        other = wamp(router.port).subscribe("trial.event.other")
        children = [Child(run, Client(one, count, burst(one, count, 1024, "trial.event.other"))),
                    Child(run, Client(other, count, burst(other, count, 1024, "trial.event.one")))]
        got = [child.result(LIMIT_S + 10)[0] for child in children]
    text = "; ".join(map(str, got))
    return survived(router, [Row("two peers publish 20,000 events of 1 KiB to each other", text, "all",
                                 all(one.all for one in got))])
