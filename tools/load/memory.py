"""Trials with connections that prove nothing and send a megabyte each."""

import resource
import selectors
import socket
import time

from children import Child, wait_until
from peer import WebSocketFraming, address, wamp
from router_process import Router
from rows import Row, kib, mib, survived, trial

BODY = 1 << 20
GUARD = 4 << 30  # a router that has grown by so much is spared the rest: the machine has other work
HOLD_S = 3.0
GIVEN_BACK = 20 << 20
GIVEN_BACK_S = 30.0

_body = memoryview(b"x" * BODY)


def _heads():
    """What comes before the megabyte, by the kinds of connections that hold most before login."""
    length = f"Host: localhost\r\nContent-Type: application/json\r\nContent-Length: {BODY + 1}\r\n\r\n"
    upgrade = ("Host: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
               "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Protocol: warp0\r\n\r\n")
    return [f"POST /realms/realm1/call HTTP/1.1\r\n{length}".encode(),
            f"POST /lp/nobody/send HTTP/1.1\r\n{length}".encode(),
            f"GET /closed HTTP/1.1\r\n{upgrade}".encode() + WebSocketFraming.head(BODY, 1)]


class Flood:
    """Opens connections as fast as it can; sends on each as much of a megabyte, but for its last byte, as is taken."""

    def __init__(self, port, count, sources, guard):
        self.port, self.count, self.sources, self.guard = port, count, sources, guard
        self.selector = selectors.DefaultSelector()
        self.left = {}  # socket -> what is to be sent
        self.opened = self.ended = self.sent = self.most = 0

    def run(self):
        """Gives how many connections were made, at most at once, ended by the router; and the bytes sent."""
        heads = _heads()
        self.hold_until = None
        while self.opened < self.count or time.monotonic() < self.hold_until:
            if self.opened < self.count and self.guard():
                self.count = self.opened
            for _ in range(min(50, self.count - self.opened)):
                self.open(heads[self.opened % len(heads)])
            if self.opened >= self.count and self.hold_until is None:
                self.hold_until = time.monotonic() + HOLD_S
            for key, _ in self.selector.select(0 if self.opened < self.count else 0.05):
                self.serve(key.fileobj)
        for one in list(self.left):
            one.close()
        return self.opened, self.most, self.ended, self.sent

    def open(self, head):
        one = socket.socket()
        one.setblocking(False)
        self.opened += 1
        try:
            one.bind((address(self.opened) if self.sources else "127.0.0.1", 0))
            one.connect(("127.0.0.1", self.port))
        except BlockingIOError:
            pass
        except OSError:
            self.ended += 1
            return one.close()
        self.left[one] = [memoryview(head), _body[: BODY - 1]]
        self.most = max(self.most, len(self.left))
        self.selector.register(one, selectors.EVENT_WRITE | selectors.EVENT_READ)

    def serve(self, one):
        parts = self.left[one]
        try:
            while parts:
                count = one.send(parts[0])
                self.sent += count
                parts[0] = parts[0][count:]
                if not parts[0]:
                    parts.pop(0)
            self.selector.modify(one, selectors.EVENT_READ)
        except BlockingIOError:
            pass
        except OSError:
            return self.drop(one)
        try:
            while answer := one.recv(1 << 16):
                del answer  # a refusal; the connection stays until the router ends it
            self.drop(one)
        except BlockingIOError:
            pass
        except OSError:
            self.drop(one)

    def drop(self, one):
        self.ended += 1
        self.selector.unregister(one)
        del self.left[one]
        one.close()


def flood(router, count, sources):
    """Runs a flood and watches the router: (what Flood.run gave, most memory, most descriptors, most memory in the
    kernel)."""
    base, base_open = router.resident(), router.descriptors()
    child = Child(lambda: Flood(router.port, count, sources, lambda: router.resident() - base > GUARD).run())
    most = most_open = kernel_most = 0
    while child.process.is_alive() and router.alive:
        grown, now_open = router.resident() - base, router.descriptors() - base_open
        most, most_open = max(most, grown), max(most_open, now_open)
        if now_open > 0.9 * most_open:
            kernel_most = max(kernel_most, router.sockets().router)
        if child._ours.poll(0.03):
            break
    return child.result(120), most, most_open, kernel_most


def rows_of_flood(router, count, sources, what):
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    wamp(router.port).subscribe("trial.warm").close()
    base, base_open = router.resident(), router.descriptors()
    (opened, at_once, ended, sent), most, most_open, kernel_most = flood(router, count, sources)
    # Most of the memory need not be held when most connections are: what one holds may last a little longer.
    each = most / max(1, most_open)
    text = (f"{kib(each)} each, {mib(most)} at most; in the kernel {mib(kernel_most)} at most. {opened:,} connections, "
            f"{at_once:,} at once, {most_open:,} held by the router, {ended:,} ended by it, {mib(sent)} sent")
    yield Row(f"{what}: memory for each that is held", text, "at most 32 KiB each", each <= 32 << 10)
    back = wait_until(lambda: router.resident() - base <= GIVEN_BACK and router.descriptors() <= base_open + 2,
                      GIVEN_BACK_S)
    left = f"{mib(router.resident() - base)} more than before, {router.descriptors() - base_open} descriptors more"
    yield Row(f"{what}: after it", left, "within 20 MiB of the start, no descriptors", back)


@trial("flood-1500", "1,500 connections of one address that send 1 MiB before login")
def flood_of_one_address(options):
    with Router(options.threads) as router:
        rows = list(rows_of_flood(router, 1_500, False, "1,500 connections of one address send 1 MiB before login"))
    return survived(router, rows)


@trial("flood-10000", "10,000 connections of many addresses that send 1 MiB before login")
def flood_of_many_addresses(options):
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    count = min(options.connections, limit - 200)
    with Router(options.threads) as router:
        what = f"{count:,} connections of {count // 50 + 1:,} addresses send 1 MiB before login"
        rows = list(rows_of_flood(router, count, True, what))
    return survived(router, rows)
