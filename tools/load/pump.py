"""What the clients of a load do once they are connected: a Client says what it sends and counts what it receives, a Pump
moves the bytes of some clients without blocking until they are done.

A client reads all that its socket has before it looks into it, so that looking never holds up reading.
"""

import array
import gc
import selectors
import time

from messages import MARK, MARK_BYTES_MAX, decode
from peer import CLOSE, MESSAGE, PING

READ_BYTES = 1 << 20
READS_MAX = 64  # of one turn: then the client looks into what it has
WRITE_BYTES = 1 << 18
_read_into = memoryview(bytearray(READ_BYTES))


class Client:
    """Sends `outgoing` and expects `expect` numbered messages, each once and in order."""

    wants_read = True

    def __init__(self, peer, expect=0, outgoing=b"", name=""):
        self.peer = peer
        self.name = name
        self.expect = expect
        self.outgoing = memoryview(bytes(outgoing))
        self.buffer = peer.buffer
        self.seen = self.disorder = self.errors = self.bytes = 0
        self.last = -1
        self.ended = None  # why the connection ended, before the client was done
        self.due_at = array.array("d")  # for each numbered message with a due time: when it was due,
        self.late = array.array("d")  # and how late it came
        peer.socket.setblocking(False)
        if self.buffer:  # what came with the answer to the last step of the set-up
            self.look(time.monotonic())

    @property
    def done(self):
        return self.ended is not None or (self.seen >= self.expect and not self.outgoing)

    @property
    def lost(self):
        return self.expect - self.seen

    def due(self, now):
        """Called when its time has come; returns the time of the next call, or None."""
        return None

    def queue(self, data):
        self.outgoing = memoryview(bytes(self.outgoing) + data) if self.outgoing else memoryview(bytes(data))

    def on_writable(self):
        while self.outgoing:
            try:
                self.outgoing = self.outgoing[self.peer.socket.send(self.outgoing[:WRITE_BYTES]) :]
            except BlockingIOError:
                return
            except OSError as error:
                return self.end(f"cannot send: {error.strerror}")

    def on_readable(self):
        for _ in range(READS_MAX):
            try:
                count = self.peer.socket.recv_into(_read_into)
            except BlockingIOError:
                break
            except OSError as error:
                return self.end(f"cannot read: {error.strerror}")
            if not count:
                self.look(time.monotonic())
                return self.end("the router closed the connection")
            self.bytes += count
            self.buffer += _read_into[:count]
            if count < READ_BYTES:
                break
        self.look(time.monotonic())

    def end(self, why):
        if self.ended is None:
            self.ended = why

    def look(self, now):
        frames, used = self.peer.framing.split(self.buffer)
        del self.buffer[:used]
        for kind, payload in frames:
            if kind == MESSAGE:
                self.on_message(payload, now)
            elif kind == PING:
                self.queue(self.peer.framing.pong(bytes(payload)))
            elif kind == CLOSE:
                self.end(f"the router closed the WebSocket: {bytes(payload[2:]).decode(errors='replace')}")

    def on_message(self, payload, now):
        found = MARK.search(payload, 0, MARK_BYTES_MAX)
        if not found:
            return self.on_other(payload)
        number, due_us = int(found[1]), int(found[2])
        self.seen += 1
        if number <= self.last:
            self.disorder += 1
        self.last = number
        if due_us:
            self.due_at.append(due_us / 1e6)
            self.late.append(now - due_us / 1e6)

    def on_other(self, payload):
        """A message without a number: an answer, or an error."""
        serializer = self.peer.framing.serializer
        if serializer and decode(payload, serializer)[0] in (3, 8):  # ABORT, ERROR
            self.errors += 1

    def summary(self):
        return Summary(self)


class Summary:
    """What a client saw, to be handed from one process to another."""

    def __init__(self, client):
        for name in ("name", "expect", "seen", "lost", "disorder", "errors", "bytes", "ended", "due_at", "late"):
            setattr(self, name, getattr(client, name))
        self.unsent = len(client.outgoing)
        self.extra = client.extra() if hasattr(client, "extra") else None

    def __str__(self):
        notes = [f"{self.disorder} out of order"] * bool(self.disorder) + [f"{self.errors} errors"] * bool(self.errors)
        notes += [f"{self.unsent} bytes not sent"] * bool(self.unsent) + [f"ended: {self.ended}"] * bool(self.ended)
        return ", ".join([f"{self.seen:,} of {self.expect:,}"] + notes)

    @property
    def all(self):
        return self.lost == 0 and not self.disorder and not self.errors and not self.ended and not self.unsent


class Pump:
    """Runs clients until all are done, `limit_s` is over, or no byte has moved for `quiet_s`."""

    def __init__(self, clients):
        self.clients = clients
        self.selector = selectors.DefaultSelector()
        self.masks = {}
        self.next_due = {}  # client -> when; only those who want to be called
        self.open = set()  # clients that are not done

    def run(self, limit_s, quiet_s=None):
        gc.disable()
        now = time.monotonic()
        end, self.moved_at = now + limit_s, now
        for client in self.clients:
            self.call(client, now)
        while now < end and self.open and not (quiet_s and now - self.moved_at > quiet_s):
            wait = max(0.0, min([end, now + 0.2, *self.next_due.values()]) - now)
            ready = self.selector.select(wait)
            now = time.monotonic()
            for key, mask in ready:
                self.moved_at = now
                self.serve(key.data, mask)
            for client in [client for client, at in self.next_due.items() if at <= now]:
                self.call(client, now)
        self.selector.close()
        return [client.summary() for client in self.clients]

    def serve(self, client, mask):
        if mask & selectors.EVENT_READ:
            client.on_readable()
        if mask & selectors.EVENT_WRITE or (client.outgoing and client.ended is None):
            client.on_writable()
        self.watch(client)

    def call(self, client, now):
        """Its time has come."""
        before = client.bytes
        at = client.due(now) if client.ended is None else None
        if client.outgoing:
            client.on_writable()
        if client.bytes != before:
            self.moved_at = now
        if at is None:
            self.next_due.pop(client, None)
        else:
            self.next_due[client] = at
        self.watch(client)

    def watch(self, client):
        self.open.discard(client) if client.done else self.open.add(client)
        mask = selectors.EVENT_READ * client.wants_read | selectors.EVENT_WRITE * bool(client.outgoing)
        if client.ended is not None:
            mask = 0
        before = self.masks.get(client, 0)
        if mask == before:
            return
        self.masks[client] = mask
        if not before:
            self.selector.register(client.peer.socket, mask, client)
        elif mask:
            self.selector.modify(client.peer.socket, mask, client)
        else:
            self.selector.unregister(client.peer.socket)


class Paced(Client):
    """Publishes message(n, due) for each n, `rate` a second from `start_s` on; what is not taken waits here."""

    def __init__(self, peer, message, count, rate, start_s, name="publisher"):
        super().__init__(peer, 0, b"", name)
        self.message, self.count, self.rate, self.start_s = message, count, rate, start_s
        self.sent = 0

    @property
    def done(self):
        return self.ended is not None or (self.sent == self.count and not self.outgoing)

    def due(self, now):
        frames = []
        while self.sent < self.count and self.start_s + self.sent / self.rate <= now:
            frames.append(self.peer.framed(self.message(self.sent, self.start_s + self.sent / self.rate)))
            self.sent += 1
        if frames:
            self.queue(b"".join(frames))
        # At least a millisecond: what is due within it goes out together.
        return None if self.sent == self.count else max(now + 0.001, self.start_s + self.sent / self.rate)


class Slow(Client):
    """Reads `rate` bytes a second, without a pause, as somebody on a slow line does."""

    wants_read = False

    def __init__(self, peer, expect, rate, name="slow reader"):
        super().__init__(peer, expect, b"", name)
        self.rate = rate
        self.read_at = time.monotonic()

    def due(self, now):
        allowed = int((now - self.read_at) * self.rate)
        self.read_at += allowed / self.rate
        try:
            data = self.peer.socket.recv(allowed) if allowed else None
        except BlockingIOError:
            data = None
            self.read_at = now  # nothing was there: what was not read then is not made up for
        except OSError as error:
            return self.end(f"cannot read: {error.strerror}")
        if data == b"":
            return self.end("the router closed the connection")
        if data:
            self.bytes += len(data)
            self.buffer += data
            self.look(now)
        return now + 0.05

