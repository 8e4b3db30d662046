"""WAMP messages as bytes, in JSON and MessagePack, and the text that numbers what a load sends.

MessagePack here is only what the loads need: no extensions, no timestamps; floats are read, never written.
"""

import json
import re
import struct

SERIALIZERS = {"json": 1, "msgpack": 2}  # as the RawSocket handshake numbers them

# A payload's text begins with its number and the time at which it was due, in microseconds of the monotonic clock.
MARK = re.compile(rb"~(\d{8})~(\d{16})~")
MARK_BYTES_MAX = 512  # the mark stands within the first bytes of a frame; the rest is not searched


def numbered(number, size, due_s=0.0):
    """A text of `size` characters (at least 27) that MARK finds the number and the time in."""
    mark = f"~{number:08d}~{int(due_s * 1e6):016d}~"
    return mark + "x" * (size - len(mark))


def encode(message, serializer):
    return json.dumps(message).encode() if serializer == "json" else packed(message)


def decode(data, serializer):
    return json.loads(data) if serializer == "json" else unpacked(bytes(data))


def packed(value):
    out = bytearray()
    _pack(value, out)
    return bytes(out)


def _pack(value, out):
    if value is None:
        out.append(0xC0)
    elif isinstance(value, bool):
        out.append(0xC3 if value else 0xC2)
    elif isinstance(value, int):
        out += bytes([value]) if 0 <= value < 128 else struct.pack(">Bq", 0xD3, value)
    elif isinstance(value, str):
        data = value.encode()
        out += bytes([0xA0 | len(data)]) if len(data) < 32 else struct.pack(">BI", 0xDB, len(data))
        out += data
    elif isinstance(value, Nulls):
        out += struct.pack(">BI", 0xDD, value.count) + b"\xc0" * value.count
    elif isinstance(value, (list, tuple)):
        out += bytes([0x90 | len(value)]) if len(value) < 16 else struct.pack(">BI", 0xDD, len(value))
        for item in value:
            _pack(item, out)
    elif isinstance(value, dict):
        out += bytes([0x80 | len(value)]) if len(value) < 16 else struct.pack(">BI", 0xDF, len(value))
        for key, item in value.items():
            _pack(key, out)
            _pack(item, out)
    else:
        raise TypeError(f"{type(value).__name__} has no form in MessagePack here")


class Nulls:
    """A list of `count` nulls: one byte each in MessagePack, five in JSON, six in Recon."""

    def __init__(self, count):
        self.count = count


def unpacked(data):
    value, end = _unpack(data, 0)
    if end != len(data):
        raise ValueError(f"{len(data) - end} bytes after the message")
    return value


# First byte of a fixed-size number, or of the length of a text, bytes, list or dict: its format.
_NUMBERS = {0xCC: ">B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q", 0xD0: ">b", 0xD1: ">h", 0xD2: ">i", 0xD3: ">q",
            0xCA: ">f", 0xCB: ">d"}
_LENGTHS = {0xD9: (">B", str), 0xDA: (">H", str), 0xDB: (">I", str),
            0xC4: (">B", bytes), 0xC5: (">H", bytes), 0xC6: (">I", bytes),
            0xDC: (">H", list), 0xDD: (">I", list), 0xDE: (">H", dict), 0xDF: (">I", dict)}
_WORDS = {0xC0: None, 0xC2: False, 0xC3: True}


def _unpack(data, at):
    first = data[at]
    at += 1
    if first < 0x80:
        return first, at
    if first >= 0xE0:
        return first - 256, at
    if first in _WORDS:
        return _WORDS[first], at
    if first in _NUMBERS:
        form = _NUMBERS[first]
        return struct.unpack_from(form, data, at)[0], at + struct.calcsize(form)
    if first < 0xC0:
        kind, length = (dict, first & 15) if first < 0x90 else (list, first & 15) if first < 0xA0 else (str, first & 31)
    else:
        form, kind = _LENGTHS[first]
        length = struct.unpack_from(form, data, at)[0]
        at += struct.calcsize(form)
    return _unpack_many(data, at, kind, length)


def _unpack_many(data, at, kind, length):
    if kind in (str, bytes):
        part = data[at : at + length]
        return (part.decode() if kind is str else part), at + length
    items = []
    for _ in range(length if kind is list else 2 * length):
        item, at = _unpack(data, at)
        items.append(item)
    return (items if kind is list else dict(zip(items[::2], items[1::2]))), at
