"""Trials in which somebody beside the burst reads nothing: those who read must not lose by it."""

import time

from bursts import LANE, LIMIT_S, NODE, TOPIC, burst, run
from calls import COUNT, Callee, Caller, answer, calls, run_until_quiet
from children import Child
from messages import numbered
from peer import address, link, wamp, warp
from pump import Client
from router_process import Router
from rows import Row, survived, trial

STALLED = 5
SIZE = 1024


def run_patiently(*clients):
    """For those who may have to wait until the router ends somebody else."""
    return run(*clients, quiet_s=15.0)


def told(*summaries):
    """What is said of those who are not the point of a trial: only what went wrong."""
    return "".join(f"; {one.name}: {one}" for one in summaries if not one.all)


@trial("burst-beside", "a burst to readers beside whom some read nothing")
def burst_beside_stalled(options):
    count = 20_000
    with Router(options.threads) as router:
        stalled = [wamp(router.port, source=address(100 + n)).subscribe(TOPIC) for n in range(STALLED)]
        stalled += [link(router.port, NODE, LANE, source=address(200 + n)) for n in range(STALLED)]
        readers = [Client(wamp(router.port).subscribe(TOPIC), count, name="WAMP"),
                   Client(link(router.port, NODE, LANE), count, name="WARP")]
        reading = [Child(run, reader) for reader in readers]
        publisher = wamp(router.port)
        started = time.monotonic()
        (sent,) = run(Client(publisher, 0, burst(publisher, count, SIZE), "the publisher"))
        got = [child.result(LIMIT_S + 10)[0] for child in reading]
        took = time.monotonic() - started
        for peer in stalled:
            peer.close()
    text = "; ".join(f"{one.name} {one}" for one in got) + f"; within {took:.1f} s{told(sent)}"
    what = f"20,000 events of 1 KiB to a WAMP and a WARP reader beside {2 * STALLED} that read nothing"
    return survived(router, [Row(what, text, "all", sent.all and all(one.all for one in got))])


@trial("burst-commands", "a burst of WARP commands to an event lane")
def burst_of_commands(options):
    count = 20_000
    with Router(options.threads) as router:
        readers = [Client(wamp(router.port).subscribe(TOPIC), count, name="WAMP"),
                   Client(link(router.port, NODE, LANE), count, name="WARP")]
        reading = [Child(run, reader) for reader in readers]
        publisher = warp(router.port)
        head = f'@command(node:"{NODE}",lane:{LANE})'
        said = b"".join(publisher.framed(f'{head}"{numbered(n, SIZE)}"') for n in range(count))
        (sent,) = run(Client(publisher, 0, said, "the sender"))
        got = [child.result(LIMIT_S + 10)[0] for child in reading]
    text = "; ".join(f"{one.name} {one}" for one in got) + told(sent)
    return survived(router, [Row("20,000 WARP commands of 1 KiB in one burst, to a WAMP and a WARP reader", text, "all",
                                 sent.all and all(one.all for one in got))])


class Told(Client):
    """Its calls may fail, that is no fault here."""

    def on_other(self, payload):
        pass


@trial("calls-beside", "a caller whose callee answers another caller, who reads nothing, as well")
def calls_beside_stalled_caller(options):
    with Router(options.threads) as router:
        callee = Callee(wamp(router.port, "json").register("trial.answer"), answer)
        child = Child(run_until_quiet, callee)
        stalled = wamp(router.port, "json")
        stalled.socket.sendall(calls(stalled, COUNT, "trial.answer"))
        caller = wamp(router.port, "json")
        (got,) = run(Caller(caller, COUNT, calls(caller, COUNT, "trial.answer")))
        (answering,) = child.result(LIMIT_S)
        stalled.close()
    text = f"results: {got}" + (f"; the callee: ended: {answering.ended}" if answering.ended else "")
    what = "3,000 pipelined calls beside a caller of the same callee who reads no results"
    return survived(router, [Row(what, text, "all", got.all and not answering.ended)])


@trial("callee-stalled", "a publisher that has called a callee who reads nothing")
def publisher_behind_stalled_callee(options):
    """Behind the calls, on the same connection, stand publications to somebody who reads: they come through."""
    count = 2_000
    with Router(options.threads) as router:
        callee = wamp(router.port, "json").register("trial.answer")
        reader = Child(run_patiently, Client(wamp(router.port).subscribe(TOPIC), count))
        peer = wamp(router.port, "json")
        said = calls(peer, COUNT, "trial.answer", 4096) + burst(peer, count, SIZE)
        (sent,) = run_patiently(Told(peer, 0, said, "the publisher"))
        (got,) = reader.result(LIMIT_S + 10)
        callee.close()
    text = f"{got}" + told(sent)
    what = "2,000 events of 1 KiB behind 3,000 calls of 4 KiB to a callee who reads nothing, on one connection"
    return survived(router, [Row(what, text, "all", got.all and sent.all)])
