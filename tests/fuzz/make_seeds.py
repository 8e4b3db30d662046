#!/usr/bin/env python3
"""Writes seeds for the fuzz targets: make_seeds.py DIRECTORY makes a folder DIRECTORY/TARGET for each of them, of what lies in
tests/data and of texts here. In most targets the first byte says which parser reads the rest, or how it is cut into pieces."""
import json
import pathlib
import sys

from seed_texts import (
    BODIES, BRIDGE_BODIES, CREDENTIALS, DOCUMENTS, LISTS, LOGINS, META, NAMES, PROCEDURES,
    REALM_PLAYS, REQUESTS, SAID, TEXTS, TYPED, UPGRADE, UPLINK,
)

ENCODINGS = ("json", "msgpack", "cbor")


DATA = pathlib.Path(__file__).parent.parent / "data"


def folder(out, target):
    made = out / target
    made.mkdir(parents=True, exist_ok=True)
    return made


def decode_seeds(out):
    for number, entry in enumerate(json.loads((DATA / "wamp-vectors" / "serialization.json").read_text())):
        for index, encoding in enumerate(ENCODINGS):
            for variant, form in enumerate(entry[encoding]):
                frame = form.encode() if encoding == "json" else bytes.fromhex(form)
                (out / f"{number:02}-{encoding}-{variant}").write_bytes(bytes([index]) + frame)


def recon_seeds(out):
    for file in sorted((DATA / "recon-vectors").glob("*.json")):
        for number, entry in enumerate(json.loads(file.read_text())):
            (out / f"{file.stem}-{number}").write_text(entry["recon"])


def uplink_seeds(out):
    """What recorded servers said, a connection a file."""
    (out / "happenings").write_text(UPLINK)
    for file in sorted((DATA / "warp-captures").glob("*server*.jsonl")):
        said = {}
        for line in map(json.loads, file.read_text().splitlines()):
            if line.get("kind") == "text" and line["dir"] == "s2c" and "\n" not in line["data"]:
                said.setdefault(line.get("conn", 0), []).append(line["data"][:500])
        for connection, frames in said.items():
            (out / f"{file.stem}-{connection}").write_text("\n".join(frames[:60]))


def warp_seeds(out):
    (out / "logins").write_text(LOGINS)
    (out / "procedures").write_text(PROCEDURES)
    (out / "meta").write_text(META)
    (out / "lists").write_text(LISTS)
    for file in sorted((DATA / "warp-captures").glob("*.jsonl")):
        lines = [json.loads(line) for line in file.read_text().splitlines()]
        said = [line["data"] for line in lines if line.get("dir") == "c2s" and line.get("kind") == "text"]
        if said:
            (out / file.stem).write_text("\n".join(frame.replace("\n", " ") for frame in said))


def rawsocket_seeds(out):
    for serializer in (1, 2, 3):
        said = ((0, b"[6,{},1]"), (1, b"ping"), (2, b""), (0, b"x" * 200))
        frames = b"".join(bytes([kind, 0, 0, len(body)]) + body for kind, body in said)
        (out / f"frames-{serializer}").write_bytes(bytes([serializer, 0x7F, 0xF0 | serializer, 0, 0]) + frames)
    (out / "bit-x").write_bytes(bytes([9, 0x7F, 0xF1, 0, 0, 8, 0, 0, 0]))
    (out / "reserved").write_bytes(bytes([9, 0x7F, 0xF6, 0, 1, 0x13, 0, 0, 1, 0]))


def http_seeds(out):
    for name, request in REQUESTS.items():
        (out / name).write_bytes(b"\x05" + request.encode())
    (out / "batch").write_bytes(b"\x05\0\0\0\x02ab\0\0\0\0")
    for number, body in enumerate(BRIDGE_BODIES):
        (out / f"bridge-{number}").write_bytes(bytes([number % 2]) + body)


def auth_seeds(out):
    for kind, texts in CREDENTIALS.items():
        for number, text in enumerate(texts):
            (out / f"{kind}-{number}").write_bytes(bytes([kind]) + text.encode())


def document_seeds(out):
    for file in sorted((DATA / "config").glob("*.toml")):
        (out / file.stem).write_bytes(b"\0" + file.read_bytes())
        (out / f"{file.stem}-realm").write_bytes(b"\2" + file.read_bytes())
    for number, text in enumerate(DOCUMENTS):
        (out / f"document-{number}").write_bytes(b"\1" + text.encode())


def admin_seeds(out):
    heads = ["limit=5&after=x%26y\n\n\n", '\n"41"\n\n', "dry_run&prune=users\n\n*\n"]
    for operation in range(48):
        for number, body in enumerate(BODIES):
            toml = body.startswith("[[")
            text = heads[(operation + number) % len(heads)] + body
            (out / f"{operation}-{number}").write_bytes(bytes([operation, int(toml)]) + text.encode())


def numbered(out, texts):
    """Texts by the byte that they begin with: {0: ["a", "b"]}."""
    for kind, some in texts.items():
        for number, text in enumerate(some):
            (out / f"{kind}-{number}").write_bytes(bytes([kind]) + text.encode())


def websocket_frame(first, payload, key=b"\0\0\0\0"):
    size = len(payload)
    length = bytes([0x80 | size]) if size < 126 else bytes([0x80 | 126, size >> 8, size & 255])
    return bytes([first]) + length + key + bytes(byte ^ key[i % 4] for i, byte in enumerate(payload))


HELLO = b'[1,"realm1",{"roles":{"caller":{}}}]'


def connection_seeds(out):
    """The first byte: how the rest is cut. Pipelined requests, upgrades with frames behind them, RawSocket."""
    offer = "Sec-WebSocket-Protocol: {}\r\nOrigin: http://127.0.0.1:8080\r\n"
    frames = b"".join((websocket_frame(0x81, HELLO), websocket_frame(0x89, b"ping"), websocket_frame(0x01, b"[6,"),
                       websocket_frame(0x8A, b""), websocket_frame(0x80, b"{},\"a.b\"]", b"\1\2\3\4"),
                       websocket_frame(0x88, b"\x03\xe8bye")))
    sent = {
        "json": UPGRADE.format("/ws", offer.format("wamp.2.json")).encode() + frames,
        "pipelined": b"GET / HTTP/1.1\r\n\r\nPOST /x HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"
        + UPGRADE.format("/", offer.format("x, wamp.2.json.batched")).encode()
        + websocket_frame(0x81, HELLO + b"\x1e[48,1,{},\"a\"]\x1e") + websocket_frame(0x81, b"x" * 300),
        "msgpack": UPGRADE.format("/ws", offer.format("wamp.2.msgpack")).encode()
        + websocket_frame(0x82, bytes.fromhex("9301a67265616c6d3181a5726f6c657381a663616c6c657280")),
        "cbor-batched": UPGRADE.format("/ws", offer.format("wamp.2.cbor.batched")).encode()
        + websocket_frame(0x82, b"\0\0\0\x03\x82\x06\xa0\0\0\0\x01\x80"),
        "warp": UPGRADE.format("/realm1?realm=realm1", offer.format("warp0")).encode()
        + websocket_frame(0x81, b'@sync(node:"/a",lane:b)') + websocket_frame(0x81, b"\xc3"),
        "no-realm": UPGRADE.format("/%6eowhere", "").encode(),
        "origin": UPGRADE.format("/realm1", "Origin: https://evil.example\r\n").encode(),
        "rawsocket": bytes([0x7F, 0xF1, 0, 0]) + bytes([0, 0, 0, len(HELLO)]) + HELLO + bytes([1, 0, 0, 1, 65]),
        "rawsocket-refused": bytes([0x7F, 0xF7, 0, 0]),
    }
    for cut in (0, 1, 7):
        for name, data in sent.items():
            (out / f"{name}-{cut}").write_bytes(bytes([cut]) + data)


def realm_seeds(out):
    for number, play in enumerate(REALM_PLAYS):
        (out / f"play-{number}").write_text(play)
    for number, entry in enumerate(json.loads((DATA / "wamp-vectors" / "serialization.json").read_text())):
        (out / f"vector-{number:02}").write_text("\n".join(entry["json"]))


def client_seeds(out):
    for number, (choice, lines) in enumerate(SAID):
        for encoding in range(3):
            (out / f"{number}-{encoding}").write_bytes(bytes([choice, encoding]) + "\n".join(lines).encode())


SEEDS = {
    "decode_fuzz": decode_seeds,
    "recon_fuzz": recon_seeds,
    "names_fuzz": lambda out: numbered(out, NAMES),
    "warp_fuzz": warp_seeds,
    "uplink_fuzz": uplink_seeds,
    "realm_fuzz": realm_seeds,
    "auth_fuzz": auth_seeds,
    "rawsocket_fuzz": rawsocket_seeds,
    "http_fuzz": http_seeds,
    "connection_fuzz": connection_seeds,
    "document_fuzz": document_seeds,
    "admin_fuzz": admin_seeds,
    "text_fuzz": lambda out: numbered(out, TEXTS),
    "client_fuzz": client_seeds,
    "cli_fuzz": lambda out: numbered(out, TYPED),
}


def main():
    for target, write in SEEDS.items():
        write(folder(pathlib.Path(sys.argv[1]), target))


main()
