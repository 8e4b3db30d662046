#!/usr/bin/env python3
"""Writes recorded data as seeds: make_seeds.py DIRECTORY makes DIRECTORY/decode_fuzz (WAMP vectors; the first byte is the
encoding), DIRECTORY/recon_fuzz (Recon vectors), DIRECTORY/warp_fuzz (what recorded clients said, a
line a frame), DIRECTORY/uplink_fuzz (servers), DIRECTORY/auth_fuzz (credentials and
proofs; the first byte is the kind), DIRECTORY/rawsocket_fuzz
and DIRECTORY/http_fuzz (handshakes and requests; the first byte is how they are cut), DIRECTORY/document_fuzz
(configuration files and documents; the first byte is the kind), DIRECTORY/admin_fuzz (requests of administration)."""
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


# Lists, and maps with keys of many kinds.
LISTS = """@sync(node:"/l/a",lane:b)
@command(node:"/l/a",lane:b)@update(index:0,key:k1)x
@command(node:"/l/a",lane:b)@update(key:%2tnph4aj,index:1){a:1}
@link(node:"/l/a",lane:b,rate:2)
@command(node:"/l/a",lane:b)@update(index:1)z
@command(node:"/l/a",lane:b)@update(index:9,key:{a:b})@wamp(args:{1,2},kwargs:{"$index":0})
@command(node:"/l/a",lane:b)@move(from:0,to:1,key:k1)
@command(node:"/l/a",lane:b)@move(from:2,to:0)
@sync(node:"/l",lane:topics)
@command(node:"/l/a",lane:b)@remove(index:0,key:k1)
@command(node:"/l/a",lane:b)@drop(1)
@command(node:"/l/a",lane:b)@take(1)
@command(node:"/l/a",lane:b)@clear
@command(node:"/m",lane:topics)@update(key:{a:"b c"})1
@command(node:"/m",lane:topics)@update(key:@topic("50%"))1
@command(node:"/m/*",lane:x)@update(key:7.5)1
@sync(node:"/m",lane:topics)
@command(node:"/m",lane:topics)@take(1)
@command(node:"/m",lane:topics)@clear"""


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


TOKEN = "hdl_0123456789abcdef_" + "A" * 43
LOGINS = "\n".join((
    '@sync(node:"/v",lane:a)', f"@auth{{token:{TOKEN}}}", "@auth{ticket:t,authid:kim}", '@command(node:"/v",lane:a)1',
    '@link(node:"/m",lane:x)', '@command(node:"/f",lane:g)@offer', "@deauth", '@sync(node:"/v",lane:a)',
    f'@auth"{TOKEN}"', '@unlink(node:"/v",lane:a)', "@auth{ticket:t,authid:nobody}", "@auth", "@auth{jwt:\"a.b.c\"}"))


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


POLL_ID = "0001" + "00000002" + "00000003" + "0123456789abcdef" * 2
REQUESTS = {
    "open": "POST /lp/open?x=1 HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 44\r\n\r\n"
    '{"x":[1],"protocols":["ubjson","wamp.2.cbor"',
    "open-good": 'POST /lp/open HTTP/1.1\r\nContent-Length: 29\r\n\r\n{"protocols":["wamp.2.json"]}',
    "send": f"POST /lp/{POLL_ID}/send HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n[6,{{}},1]\x1e",
    "chunked": f"POST /lp/{POLL_ID}/receive HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    "two": f"POST /lp/{POLL_ID}/receive HTTP/1.1\r\nContent-Length: 0\r\n\r\nGET / HTTP/1.0\r\n\r\n",
    "upgrade": "GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\r\n",
}


# Of the HTTP bridge: calls at even places, publications at odd ones; what its header fields may say.
BRIDGE_BODIES = [
    b'{"procedure":"com.add","args":[2,"\\u0000AAE="],"kwargs":{"a":{}},"options":{"timeout":500,"_mine":1,"ppt_scheme":"x_a"}}',
    b'{"topic":"com.a","args":null,"options":{"retain":true,"exclude":[1],"eligible_authid":["kim"]}}',
    b"\x82\xa9procedure\xa7com.add\xa4args\x92\x02\xc4\x01\xff",
    b"\xbf\x65topic\x65com.a\x64args\x9f\x01\xff\xff",
    b"application/x-ndjson, application/cbor;q=0.5", b"Basic cGFuZWw6b3Blbg==", b"Bearer hdl_abc", b"/realms/a%20b/call",
]


def http_seeds(out):
    for name, request in REQUESTS.items():
        (out / name).write_bytes(b"\x05" + request.encode())
    (out / "batch").write_bytes(b"\x05\0\0\0\x02ab\0\0\0\0")
    for number, body in enumerate(BRIDGE_BODIES):
        (out / f"bridge-{number}").write_bytes(bytes([number % 2]) + body)


# Made up but well-formed; the first byte says what auth_fuzz reads them as.
KEYS_32 = "$".join(["MDEyMzQ1Njc4OWFiY2RlZg==",
                    "c3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3M=", "dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHQ="])
CREDENTIALS = {
    0: ["scram$pbkdf2$i=4096$" + KEYS_32, "scram$argon2id13$i=2,m=19456$" + KEYS_32,
        "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "cra$i=1000,l=32$c2FsdDEyMw==$c3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3M="],
    1: ["0" * 192, "hdl_0001020304050607_" + "A" * 43, "gr\u00fc\u00dfe a\u00a0b", "cHJvb2Y="],
    2: ['{"sub":"kim","role":"operator","exp":2000,"nbf":900,"aud":["a","b"],"realm_access":{"roles":["x"]}}',
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJraW0ifQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"],
    3: ['{"keys":[{"kty":"oct","kid":"a","k":"' + "A" * 43 + '"},{"kty":"OKP","crv":"Ed25519","x":"' + "A" * 43 + '"}]}',
        '{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}',
        "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGt/Iv+HTVhbmTf+9kACW8jsGb5FMjC/7tm9gdbluEW0=\n-----END PUBLIC KEY-----\n"],
    4: ["0f" * 32, "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBrfyL/h01YW5k3/vZAAlvI7Bm+RTIwv+7ZvYHW5bhFt a@b",
        "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZWQyNTUxOQ=="
        "\n-----END OPENSSH PRIVATE KEY-----\n"],
}


def auth_seeds(out):
    for kind, texts in CREDENTIALS.items():
        for number, text in enumerate(texts):
            (out / f"{kind}-{number}").write_bytes(bytes([kind]) + text.encode())


# Of realms, as the administration API takes them; document_fuzz reads the files of tests/data/config, too.
DOCUMENTS = ['{"auth":["ticket"],"call_timeout":"5s",'
             '"role":[{"name":"a","permissions":[{"match":"prefix","uri":"com.","allow":["call"]}]}]}',
             '{"jwt":{"audience":"x"},"lanes":[{"match":"wildcard","uri":"a..b","kind":"list"}],"history":[{"uri":"a.b","age":"1h"}]}']
BODIES = ["", '{"permissions":[{"match":"exact","uri":"a.b","deny":["call"]}],"trustlevel":2}', '{"role":"a","ticket":"x","expires":"90d"}',
          '[[realm]]\nname = "plant"\n[[realm.role]]\nname = "a"\npermissions = [{ uri = "", match = "prefix", allow = ["call"] }]\n']


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


def main():
    out = pathlib.Path(sys.argv[1])
    document_seeds(folder(out, "document_fuzz"))
    admin_seeds(folder(out, "admin_fuzz"))
    decode_seeds(folder(out, "decode_fuzz"))
    recon_seeds(folder(out, "recon_fuzz"))
    warp_seeds(folder(out, "warp_fuzz"))
    uplink_seeds(folder(out, "uplink_fuzz"))
    auth_seeds(folder(out, "auth_fuzz"))
    rawsocket_seeds(folder(out, "rawsocket_fuzz"))
    http_seeds(folder(out, "http_fuzz"))


main()
