"""What a soak does to the router beside its steady load: clients that come and go, stop and die, edits of permissions,
slow readers, floods. Which comes when is drawn from the seed; how many of each there may be at once has a bound."""

import contextlib
import random
import time

from children import Child
from memory import Flood
from messages import numbered
from peer import address, link, wamp
from pump import Client, Pump, Slow

TOPIC, NODE, LANE = "trial.event.soak", "/trial/event", "soak"
EDITED = "trial.edited."
VICTIMS = 4  # processes that are stopped, killed and replaced
SLOW_MAX = 3
PAUSE_S = (0.02, 0.4)  # between two actions


def rule(verb, revision):
    """Keywords of heddle.permission.put: whether EDITED may be subscribed to."""
    return {"match": "prefix", "uri": EDITED, verb: ["subscribe"], "revision": revision}


class Trouble:
    """`run` takes one action after the other until its end; `close` ends what is left of them."""

    def __init__(self, router, seed):
        self.router = router
        self.random = random.Random(seed)
        self.counts, self.failed = {}, {}  # by action: how often; how often it failed, and why first
        self.number = 0  # of clients, for their addresses
        self.victims = [self.victim() for _ in range(VICTIMS)]
        self.stopped = {}  # victim -> when it goes on
        self.slow = []
        self.flood = None
        self.administrator = router.administrator()
        self.request = 1
        self.administer("heddle.permission.put", ["realm1", "anonymous"], rule("allow", "new"))
        self.sessions = []
        # By weight: some things happen rarely.
        self.actions = [(self.churn, 40), (self.edit, 20), (self.stop_one, 6), (self.kill_one, 4), (self.slow_one, 4),
                        (self.flood_some, 2), (self.open_calls, 10), (self.retain_some, 10)]

    def run(self, end, tick):
        """Until the time `end`; tick() is called between actions."""
        functions, weights = zip(*self.actions)
        while time.monotonic() < end and self.router.alive:
            action = self.random.choices(functions, weights)[0]
            try:
                action()
                self.count(action.__name__)
            except (OSError, RuntimeError, TimeoutError) as error:
                count, words = self.failed.get(action.__name__, (0, f"{type(error).__name__}: {error}"[:200]))
                self.failed[action.__name__] = count + 1, words
            self.wake(time.monotonic())
            tick()
            time.sleep(self.random.uniform(*PAUSE_S))

    def count(self, what):
        self.counts[what] = self.counts.get(what, 0) + 1

    def next_address(self):
        self.number += 1
        return address(self.number % 10_000)

    # ---- actions ----

    def churn(self):
        """Sessions come, receive or say something, and leave: with GOODBYE, without a word, or with bytes unread."""
        kind = self.random.choice(["msgpack", "json", "warp"])
        to, source = self.router.port, self.next_address()
        if kind == "warp":
            peer = link(to, NODE, LANE, source=source)
        else:
            peer = wamp(to, kind, source=source).subscribe(TOPIC)
            peer.send([16, 2, {}, "trial.event.churn", [numbered(0, 200)]])
        self.sessions.append(peer)
        if len(self.sessions) <= 20:
            return
        gone = self.sessions.pop(self.random.randrange(len(self.sessions)))
        with contextlib.suppress(OSError):
            if gone.framing.serializer and self.random.random() < 0.5:
                gone.send([6, {}, "wamp.close.goodbye_and_out"])
        gone.close()

    def edit(self):
        """A rule that denies what a session is subscribed to comes, and goes again."""
        peer = wamp(self.router.port, "json", source=self.next_address()).subscribe(EDITED + "one")
        self.administer("heddle.permission.put", ["realm1", "anonymous"], rule("deny", "*"))
        self.administer("heddle.permission.put", ["realm1", "anonymous"], rule("allow", "*"))
        peer.close()

    def administer(self, procedure, args, kwargs):
        self.request += 1
        answer = self.administrator.send([48, self.request, {}, procedure, args, kwargs]).receive()
        if answer[0] != 50:
            raise RuntimeError(f"{procedure} was answered with {answer}")

    def victim(self):
        """A process with five sessions that read; it never ends by itself."""
        peers = [wamp(self.router.port, source=self.next_address()).subscribe(TOPIC) for _ in range(4)]
        peers.append(link(self.router.port, NODE, LANE, source=self.next_address()))
        child = Child(lambda: len(Pump([Client(peer, 1 << 60) for peer in peers]).run(1e6)))
        for peer in peers:
            peer.leave_to_child()
        return child

    def stop_one(self):
        running = [one for one in self.victims if one not in self.stopped]
        if running:
            one = self.random.choice(running)
            one.pause()
            self.stopped[one] = time.monotonic() + self.random.uniform(0.5, 15)

    def kill_one(self):
        place = self.random.randrange(len(self.victims))
        self.stopped.pop(self.victims[place], None)
        self.victims[place].process.kill()
        self.victims[place].stop()
        self.victims[place] = self.victim()

    def wake(self, now):
        for one in [one for one, at in self.stopped.items() if at <= now]:
            one.go_on()
            del self.stopped[one]
        # Those that the router ended while they were stopped are replaced.
        self.victims = [one if one.process.is_alive() else self.replaced(one) for one in self.victims]
        self.slow = [one for one in self.slow if one.process.is_alive() or one.stop()]

    def replaced(self, one):
        self.stopped.pop(one, None)
        one.stop()
        return self.victim()

    def slow_one(self):
        if len(self.slow) >= SLOW_MAX:
            return
        peer = wamp(self.router.port, receive_buffer=16 << 10, source=self.next_address()).subscribe(TOPIC)
        rate, time_s = self.random.choice([2_000, 20_000, 60_000]), self.random.uniform(5, 25)
        self.slow.append(Child(lambda: len(Pump([Slow(peer, 1 << 60, rate)]).run(time_s))))
        peer.leave_to_child()

    def flood_some(self):
        """300 connections that send a megabyte each before login."""
        if self.flood and self.flood.process.is_alive():
            return
        if self.flood:
            self.flood.stop()
        self.flood = Child(lambda: Flood(self.router.port, 300, True, lambda: False).run())

    def open_calls(self):
        """A caller that leaves with calls open, a callee that leaves with calls to answer."""
        name = f"trial.open.{self.number}"
        callee = wamp(self.router.port, "json", source=self.next_address()).register(name)
        caller = wamp(self.router.port, "json", source=self.next_address())
        for number in range(50):
            caller.send([48, number + 1, {}, name, [numbered(number, 500)]])
        first, second = (caller, callee) if self.random.random() < 0.5 else (callee, caller)
        first.close()
        second.close()

    def retain_some(self):
        """Retained events on a bounded number of topics, so that what is kept stops growing."""
        peer = wamp(self.router.port, source=self.next_address())
        for number in range(20):
            topic = f"trial.kept.{self.random.randrange(500)}"
            peer.send([16, number + 1, {"retain": True}, topic, [numbered(number, 1000)]])
        peer.send([6, {}, "wamp.close.goodbye_and_out"])
        with contextlib.suppress(OSError):
            peer.receive()
        peer.close()

    def close(self):
        for one in [*self.victims, *self.slow, *([self.flood] if self.flood else [])]:
            if one.process.is_alive():
                one.process.kill()
            one.stop()
        for peer in [*self.sessions, self.administrator]:
            peer.close()
