#!/usr/bin/env python3
"""Writes the WAMP vectors as seeds for decode_fuzz: make_seeds.py DIRECTORY. The first byte is the encoding."""
import json
import pathlib
import sys

ENCODINGS = ("json", "msgpack", "cbor")


def main():
    out = pathlib.Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    vectors = pathlib.Path(__file__).parent.parent / "data" / "wamp-vectors" / "serialization.json"
    for number, entry in enumerate(json.loads(vectors.read_text())):
        for index, encoding in enumerate(ENCODINGS):
            for variant, form in enumerate(entry[encoding]):
                frame = form.encode() if encoding == "json" else bytes.fromhex(form)
                (out / f"{number:02}-{encoding}-{variant}").write_bytes(bytes([index]) + frame)


main()
