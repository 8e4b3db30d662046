"""Trials with calls that are all made at once."""

import json

from bursts import LIMIT_S, run
from children import Child
from messages import Nulls, numbered, unpacked
from peer import wamp
from pump import Client, Pump
from router_process import Router
from rows import Row, survived, trial

CALL, RESULT, INVOCATION, YIELD = 48, 50, 68, 70
COUNT = 3_000


def run_until_quiet(*clients):
    """For callees, who do not know how many calls there will be."""
    return Pump(clients).run(LIMIT_S, 6.0)


class Answering(Client):
    """What it has to say about the messages that came together goes out together."""

    def __init__(self, *arguments):
        self.pending = []
        super().__init__(*arguments)

    def say(self, message):
        self.pending.append(self.peer.framed(message))

    def look(self, now):
        super().look(now)
        self.flush()

    def flush(self):
        if self.pending:
            self.queue(b"".join(self.pending))
            self.pending.clear()


class Callee(Answering):
    """Answers each INVOCATION at once, with a numbered text of 2 KiB. Never done by itself."""

    def __init__(self, peer, answer):
        self.answer = answer
        self.answered = 0
        super().__init__(peer, 1 << 60)

    def on_message(self, payload, now):
        message = json.loads(payload)
        if message[0] == INVOCATION:
            self.say([YIELD, message[1], {}, self.answer(self.answered)])
            self.answered += 1

    def extra(self):
        return self.answered


class LateCallee(Callee):
    """Answers none before it has all, or no more have come for a second; then all at once."""

    def __init__(self, peer, answer, count):
        self.count = count
        self.received_at = None
        super().__init__(peer, answer)

    def on_message(self, payload, now):
        super().on_message(payload, now)
        self.received_at = now

    def flush(self):
        if self.answered >= self.count:
            super().flush()

    def due(self, now):
        if self.pending and now - self.received_at > 1:
            super().flush()
        return now + 0.5


def calls(peer, count, procedure, size=32):
    return b"".join(peer.framed([CALL, number + 1, {}, procedure, [numbered(number, size)]]) for number in range(count))


class Caller(Answering):
    """Counts RESULTs by the number of their call; their order is the callee's."""

    def __init__(self, peer, count, outgoing):
        self.requests = set()
        super().__init__(peer, count, outgoing)

    def on_message(self, payload, now):
        message = json.loads(payload)
        if message[0] == RESULT:
            self.disorder += message[1] in self.requests
            self.requests.add(message[1])
            self.seen = len(self.requests)
        else:
            self.errors += 1


def answer(number):
    return [numbered(number, 2048)]


def calls_trial(make_callee, what):
    def function(options):
        with Router(options.threads) as router:
            child = Child(run_until_quiet, make_callee(wamp(router.port, "json").register("trial.answer")))
            caller = wamp(router.port, "json")
            (got,) = run(Caller(caller, COUNT, calls(caller, COUNT, "trial.answer")))
            (answered,) = child.result(LIMIT_S)
        text = f"results: {got}; the callee answered {answered.extra:,}"
        return survived(router, [Row(what, text, "all", got.all)])

    return function


trial("calls", "3,000 pipelined calls with results of 2 KiB")(
    calls_trial(lambda peer: Callee(peer, answer), "3,000 pipelined calls, results of 2 KiB as the calls come"))
trial("calls-burst", "3,000 pipelined calls with results of 2 KiB, all at once")(
    calls_trial(lambda peer: LateCallee(peer, answer, COUNT), "3,000 pipelined calls, results of 2 KiB in one burst"))


class Nested(Answering):
    """A callee that calls its caller for each invocation, and answers when that call is answered; all in bursts.

    Calls have the number of the invocation that they are for as their request."""

    def __init__(self, peer, back):
        self.back = back
        self.invocations = {}  # request of our call -> request of the invocation
        super().__init__(peer, 1 << 60)

    def on_message(self, payload, now):
        message = json.loads(payload)
        if message[0] == INVOCATION:
            request = len(self.invocations) + 1
            self.invocations[request] = message[1]
            self.say([CALL, request, {}, self.back, message[4]])
        elif message[0] == RESULT:
            self.say([YIELD, self.invocations[message[1]], {}, message[3]])
        else:
            self.errors += 1

    def extra(self):
        return len(self.invocations), self.errors


class CallerAndCallee(Caller):
    """Makes calls and answers, with 2 KiB, those that come back while they are open."""

    def on_message(self, payload, now):
        if payload.startswith(b"[68,"):
            self.say([YIELD, json.loads(payload)[1], {}, ["x" * 2048]])
        else:
            super().on_message(payload, now)

@trial("calls-nested", "a callee that calls its caller, in bursts")
def nested_calls(options):
    with Router(options.threads) as router:
        callee = wamp(router.port, "json").register("trial.outer")
        caller = wamp(router.port, "json").register("trial.inner")
        child = Child(run_until_quiet, Nested(callee, "trial.inner"))
        (got,) = run(CallerAndCallee(caller, COUNT, calls(caller, COUNT, "trial.outer", 2048)))
        (nested,) = child.result(LIMIT_S)
    text = f"results: {got}; the callee had {nested.extra[0]:,} invocations and {nested.extra[1]:,} errors"
    what = "3,000 calls of 2 KiB whose callee calls the caller back for each"
    return survived(router, [Row(what, text, "all", got.all)])


class NullCallee(Client):
    """Answers each INVOCATION with 900 KB of null, in MessagePack."""

    def on_message(self, payload, now):
        message = unpacked(bytes(payload))
        if message[0] == INVOCATION:
            self.queue(self.peer.framed([YIELD, message[1], {}, [Nulls(900_000)]]))


@trial("null-results", "results of 900 KB of null to a caller in JSON")
def null_results(options):
    count = 4
    with Router(options.threads) as router:
        child = Child(run_until_quiet, NullCallee(wamp(router.port).register("trial.nulls"), 1 << 60))
        caller = wamp(router.port, "json")
        (got,) = run(Caller(caller, count, calls(caller, count, "trial.nulls")))
        child.result(LIMIT_S)
    what = "4 pipelined calls, each result 900 KB of null in MessagePack, 4.5 MB in the caller's JSON"
    return survived(router, [Row(what, f"results: {got}", "all", got.all)])
