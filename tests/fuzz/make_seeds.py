#!/usr/bin/env python3
"""Writes recorded data as seeds: make_seeds.py DIRECTORY makes DIRECTORY/decode_fuzz (WAMP vectors; the first byte is the
encoding), DIRECTORY/recon_fuzz (Recon vectors) and DIRECTORY/warp_fuzz (what recorded clients said, a
line a frame), DIRECTORY/uplink_fuzz (servers)."""
import json
import pathlib
import sys

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


# Two clients by turns: one offers, the other calls, cancels, and calls again.
PROCEDURES = """@link(node:"/c/a",lane:b)
@sync(node:"/c/a",lane:b)
@command(node:"/c/a",lane:b)@offer
@command(node:"/c/a",lane:b)@call(id:x){1,2}
@command(node:"/c/a",lane:b)@yield(id:1,progress:true)1
@command(node:"/c/a",lane:b)@cancel(id:x,mode:kill)
@command(node:"/c/a",lane:b)@fail(id:1,uri:"a.b")why
@command(node:"/c/a",lane:b)@call(id:{y:1},progress:false)
@command(node:"/c/a",lane:b)@withdraw
@command(node:"/c/a",lane:b)@cancel(id:{y:1})
@command(node:"/c/a",lane:b)@yield(id:2)late
@unlink(node:"/c/a",lane:b)
@unlink(node:"/c/a",lane:b)"""


META = """@sync(node:"swim:meta:host",lane:nodes)
@sync(node:"/v/a",lane:b)
@link(node:"swim:meta:mesh",lane:"nodes#/v")
@link(node:"/m",lane:topics,prio:1,rate:2)
@sync(node:"swim:meta:node/%2fv%2fa",lane:lanes)
@command(node:"/v/a",lane:b)7
@sync(node:"swim:meta:node/%2fv%2fa/lane/b",lane:uplinks)
@link(node:"/heddle/link",lane:list)
@sync(node:"swim:meta:host",lane:pulse)
@command(node:"/heddle/link",lane:list)@call(id:1)@wamp(kwargs:{limit:1})
@unlink(node:"swim:meta:host",lane:nodes)
@unlink(node:"/v/a",lane:b)
@sync(node:"swim:meta:host",lane:"nodes?q=a")
@command(node:"/wamp/subscription",lane:list)@call(id:2)"""


# What else happens to an uplink than frames: uplink_fuzz.cpp.
UPLINK = """@linked(node:"/unit/1",lane:map)
!unit.1.map.a 1
@synced(node:"/unit/1",lane:map)
@event(node:"/unit/1",lane:map)@update(key:a) 1
=
!unit.1.map.b x
!unit.1.feed y
!unit.1.publish z
=
!unit.1.map.b -
-
!unit.1.value 5
+
+
+
@synced(node:"/unit/1",lane:value)
@event(node:"/unit/1",lane:map)@drop(1)
@event(node:"/unit/1",lane:map)@clear
@unlinked(node:"/unit/1",lane:map)@nodeNotFound
@deauthed"""


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
    (out / "procedures").write_text(PROCEDURES)
    (out / "meta").write_text(META)
    for file in sorted((DATA / "warp-captures").glob("*.jsonl")):
        lines = [json.loads(line) for line in file.read_text().splitlines()]
        said = [line["data"] for line in lines if line.get("dir") == "c2s" and line.get("kind") == "text"]
        if said:
            (out / file.stem).write_text("\n".join(frame.replace("\n", " ") for frame in said))


def main():
    out = pathlib.Path(sys.argv[1])
    decode_seeds(folder(out, "decode_fuzz"))
    recon_seeds(folder(out, "recon_fuzz"))
    warp_seeds(folder(out, "warp_fuzz"))
    uplink_seeds(folder(out, "uplink_fuzz"))


main()
