"""tools/trial and the clients of it and of tools/soak: they count right, and say "missed" where something is missed."""

import os
import pathlib
import socket
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tools/load"))

from messages import Nulls, numbered, packed, unpacked  # noqa: E402
from peer import CLOSE, MESSAGE, PING, RawSocketFraming, WebSocketFraming  # noqa: E402
from pump import Client, Pump  # noqa: E402
from rows import Row  # noqa: E402
from trial import verdict  # noqa: E402


class FakePeer:
    """One end of a socket pair, spoken to in JSON over RawSocket."""

    def __init__(self):
        self.framing = RawSocketFraming("json")
        self.buffer = bytearray()
        self.socket, self.far = socket.socketpair()

    def events(self, *numbers):
        for number in numbers:
            self.far.sendall(self.framing.frame(f'[36,1,2,{{}},["{numbered(number, 40)}"]]'.encode()))

    def close(self):
        self.socket.close()
        self.far.close()


class Messages(unittest.TestCase):
    def test_messagepack_comes_back(self):
        for value in [None, True, False, 0, 127, 128, -1, -33, 1 << 40, "", "x" * 31, "x" * 32, [[1], {"a": None}],
                      list(range(16)), {str(n): n for n in range(16)}]:
            self.assertEqual(unpacked(packed(value)), value)
        self.assertEqual(unpacked(packed([Nulls(3)])), [[None] * 3])
        self.assertEqual(len(packed(Nulls(900_000))), 900_005)

    def test_messagepack_that_goes_on_is_no_message(self):
        with self.assertRaises(ValueError):
            unpacked(b"\x01\x02")


class Framing(unittest.TestCase):
    def check_split(self, framing, whole, kinds):
        """However the bytes are cut, the same frames come out."""
        for cut in range(len(whole)):
            first, used = framing.split(bytearray(whole[:cut]))
            rest, used_then = framing.split(bytearray(whole[used:]))
            self.assertEqual([(kind, bytes(payload)) for kind, payload in first + rest], kinds)
            self.assertEqual(used + used_then, len(whole))

    def test_rawsocket(self):
        framing = RawSocketFraming("json")
        self.check_split(framing, framing.frame(b"one") + framing.frame(b"", 1) + framing.frame(b"x" * 300),
                         [(MESSAGE, b"one"), (PING, b""), (MESSAGE, b"x" * 300)])

    def test_websocket(self):
        whole = b"\x81\x03one" + b"\x89\x01p" + b"\x82\x7e\x01\x2c" + b"x" * 300 + b"\x88\x02\x03\xe8"
        self.check_split(WebSocketFraming("json"), whole,
                         [(MESSAGE, b"one"), (PING, b"p"), (MESSAGE, b"x" * 300), (CLOSE, b"\x03\xe8")])


class Counting(unittest.TestCase):
    def setUp(self):
        self.peer = FakePeer()
        self.addCleanup(self.peer.close)

    def test_all_in_order(self):
        self.peer.events(0, 1, 2)
        (got,) = Pump([Client(self.peer, 3)]).run(10)
        self.assertTrue(got.all, got)

    def test_a_gap_is_a_loss(self):
        self.peer.events(0, 2)
        self.peer.far.close()
        (got,) = Pump([Client(self.peer, 3)]).run(10)
        self.assertEqual((got.seen, got.lost, got.all), (2, 1, False))
        self.assertIn("closed", got.ended)

    def test_disorder_and_repeats(self):
        self.peer.events(0, 2, 1, 1)
        (got,) = Pump([Client(self.peer, 4)]).run(10)
        self.assertEqual((got.disorder, got.all), (2, False))

    def test_a_ping_is_answered(self):
        self.peer.far.sendall(self.peer.framing.frame(b"now", 1))
        self.peer.events(0)
        Pump([Client(self.peer, 1)]).run(10)
        self.assertEqual(self.peer.far.recv(100), self.peer.framing.frame(b"now", 2))


class TheTrial(unittest.TestCase):
    def test_verdict(self):
        rows = [Row("a", "1", "1", True), Row("b", "0", "1", False)]
        self.assertEqual(verdict(rows), ("1 reached, 1 missed", 1))
        self.assertEqual(verdict(rows[:1]), ("1 reached, 0 missed", 0))
        self.assertTrue(rows[1].line().endswith("| **missed** |"))

    def test_trials_that_need_no_clock_on_the_real_router(self):
        executable = os.environ.get("HEDDLE_BIN", str(ROOT / "build/dev/heddle"))
        done = subprocess.run([str(ROOT / "tools/trial"), "burst-few"], env={**os.environ, "HEDDLE_BIN": executable},
                              capture_output=True, text=True, timeout=300, check=False)
        self.assertTrue(done.stdout.endswith("\n3 reached, 0 missed\n"), done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
