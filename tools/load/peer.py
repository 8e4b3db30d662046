"""Connections to the router, by hand: RawSocket and WebSocket framing, joining a realm, opening a WARP link.

A Peer is one connected socket that waits, with a deadline, while it is set up. A load then hands it to a pump
(pump.py), which makes it non-blocking.
"""

import base64
import contextlib
import os
import socket
import struct

from messages import SERIALIZERS, decode, encode

SETUP_S = 20.0  # a step of the set-up that takes longer has failed
ROLES = {"publisher": {}, "subscriber": {}, "caller": {}, "callee": {}}
MESSAGE, PING, CLOSE, OTHER = "message", "ping", "close", "other"


class RawSocketFraming:
    """A frame has four bytes of header: its type and the length of its payload."""

    _kinds = {0: MESSAGE, 1: PING}

    def __init__(self, serializer):
        self.serializer = serializer

    def open(self, peer):
        peer.socket.sendall(bytes([0x7F, 0xF0 | SERIALIZERS[self.serializer], 0, 0]))
        reply = peer.take(4)
        if reply[0] != 0x7F or reply[1] & 15 != SERIALIZERS[self.serializer]:
            raise ConnectionError(f"the RawSocket handshake was answered with {bytes(reply).hex()}")

    def frame(self, payload, kind=0):
        return struct.pack(">I", len(payload) | kind << 24) + payload

    def pong(self, payload):
        return self.frame(payload, 2)

    def split(self, buffer, most=1 << 30):
        """The whole frames at the beginning of `buffer`, at most `most`, as (kind, payload); and their bytes in all."""
        frames, at, size = [], 0, len(buffer)
        while size - at >= 4 and len(frames) < most:
            head = int.from_bytes(buffer[at : at + 4], "big")
            end = at + 4 + (head & 0xFFFFFF)
            if end > size:
                break
            frames.append((self._kinds.get(head >> 24, OTHER), buffer[at + 4 : end]))
            at = end
        return frames, at


class WebSocketFraming:
    """The client's end: its frames are masked with zeros, which is allowed and leaves the payload as it is."""

    _kinds = {1: MESSAGE, 2: MESSAGE, 8: CLOSE, 9: PING}

    def __init__(self, serializer, path="/", protocol=None):
        self.serializer = serializer
        self.path = path
        self.protocol = protocol or f"wamp.2.{serializer}"

    def open(self, peer):
        key = base64.b64encode(os.urandom(16)).decode()
        peer.socket.sendall((f"GET {self.path} HTTP/1.1\r\nHost: localhost\r\n"
                             "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                             f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
                             f"Sec-WebSocket-Protocol: {self.protocol}\r\n\r\n").encode())
        head = peer.take_until(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 101"):
            raise ConnectionError(f"the WebSocket handshake was answered with {head.splitlines()[0].decode()}")

    def frame(self, payload, opcode=None):
        if opcode is None:
            opcode = 2 if self.serializer == "msgpack" else 1
        return self.head(len(payload), opcode) + payload

    @staticmethod
    def head(length, opcode):
        first = 0x80 | opcode
        if length < 126:
            return struct.pack(">BBI", first, 0x80 | length, 0)
        if length < 65536:
            return struct.pack(">BBHI", first, 0xFE, length, 0)
        return struct.pack(">BBQI", first, 0xFF, length, 0)

    def pong(self, payload):
        return self.frame(payload, 10)

    def split(self, buffer, most=1 << 30):
        frames, at, size = [], 0, len(buffer)
        while size - at >= 2 and len(frames) < most:
            length, start = buffer[at + 1] & 127, at + 2
            if length >= 126:
                start += 2 if length == 126 else 8
                if size < start:
                    break
                length = int.from_bytes(buffer[at + 2 : start], "big")
            if start + length > size:
                break
            frames.append((self._kinds.get(buffer[at] & 15, OTHER), buffer[start : start + length]))
            at = start + length
        return frames, at


def address(number):
    """A loopback address for the client with this number: many clients come from many addresses, 50 from each."""
    return f"127.{1 + number // 50 // 250}.{number // 50 % 250}.2"


class Peer:
    """`to`: a port of 127.0.0.1, or the path of a Unix socket. `source`: the address that it comes from."""

    def __init__(self, to, framing, receive_buffer=None, source=None):
        self.framing = framing
        self.buffer = bytearray()
        self.socket = socket.socket(socket.AF_INET if isinstance(to, int) else socket.AF_UNIX)
        self.socket.settimeout(SETUP_S)
        if receive_buffer:  # before it connects: the window is negotiated then
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        if source:
            self.socket.bind((source, 0))
        if isinstance(to, int):  # what is due goes out when it is due, not when the answer to what was before has come
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.connect(("127.0.0.1", to) if isinstance(to, int) else to)
        framing.open(self)

    def receive_some(self):
        data = self.socket.recv(1 << 16)
        if not data:
            raise ConnectionError("the router ended the connection")
        self.buffer += data

    def take(self, count):
        while len(self.buffer) < count:
            self.receive_some()
        taken = bytes(self.buffer[:count])
        del self.buffer[:count]
        return taken

    def take_until(self, mark):
        while mark not in self.buffer:
            self.receive_some()
        return self.take(self.buffer.index(mark) + len(mark))

    def framed(self, message):
        """The bytes of a message: a list as WAMP, text as it is (WARP)."""
        payload = message.encode() if isinstance(message, str) else encode(message, self.framing.serializer)
        return self.framing.frame(payload)

    def send(self, message):
        self.socket.sendall(self.framed(message))
        return self

    def receive(self):
        """The next message: a list as WAMP, text where the serializer is none (WARP). Pings are answered."""
        while True:
            frames, used = self.framing.split(self.buffer, 1)
            del self.buffer[:used]
            if not frames:
                self.receive_some()
                continue
            kind, payload = frames[0]
            if kind == PING:
                self.socket.sendall(self.framing.pong(bytes(payload)))
            elif kind == CLOSE:
                raise ConnectionError(f"the router closed the WebSocket: {bytes(payload[2:]).decode(errors='replace')}")
            elif kind == MESSAGE:
                serializer = self.framing.serializer
                return decode(payload, serializer) if serializer else payload.decode()

    def ask(self, message, code):
        answer = self.send(message).receive()
        if answer[0] != code:
            raise ConnectionError(f"{message[:2]} was answered with {answer}")
        return answer

    def join(self, realm="realm1", **details):
        self.session = self.ask([1, realm, {"roles": ROLES, **details}], 2)[1]
        return self

    def subscribe(self, topic, **options):
        self.ask([32, 1, options, topic], 33)
        return self

    def register(self, procedure):
        self.ask([64, 1, {}, procedure], 65)
        return self

    def close(self):
        """Ends the connection, even where a forked process has the socket as well."""
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    def leave_to_child(self):
        """A forked process has the socket; the connection ends with it."""
        self.socket.close()


def wamp(to, serializer="msgpack", **options):
    """A WAMP session of the realm, over RawSocket. `options`: of Peer."""
    return Peer(to, RawSocketFraming(serializer), **options).join()


def warp(to, path="/realm1", **options):
    """A WARP connection; nothing is linked yet."""
    return Peer(to, WebSocketFraming(None, path, "warp0"), **options)


def link(to, node, lane, **options):
    """A WARP connection with one link to an event lane."""
    peer = warp(to, **options)
    answer = peer.send(f'@link(node:"{node}",lane:{lane})').receive()
    if not answer.startswith("@linked"):
        raise ConnectionError(f"@link was answered with {answer[:200]}")
    return peer
