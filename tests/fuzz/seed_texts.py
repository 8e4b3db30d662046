"""Texts that make_seeds.py makes seeds of, beside those in tests/data."""

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


# Of realms, as the administration API takes them; document_fuzz reads the files of tests/data/config, too.
DOCUMENTS = ['{"auth":["ticket"],"call_timeout":"5s",'
             '"role":[{"name":"a","permissions":[{"match":"prefix","uri":"com.","allow":["call"]}]}]}',
             '{"jwt":{"audience":"x"},"lanes":[{"match":"wildcard","uri":"a..b","kind":"list"}],"history":[{"uri":"a.b","age":"1h"}]}']
BODIES = ["", '{"permissions":[{"match":"exact","uri":"a.b","deny":["call"]}],"trustlevel":2}', '{"role":"a","ticket":"x","expires":"90d"}',
          '[[realm]]\nname = "plant"\n[[realm.role]]\nname = "a"\npermissions = [{ uri = "", match = "prefix", allow = ["call"] }]\n']


UPGRADE = ("GET {} HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{}\r\n")
NAMES = {
    0: ["com.example.speed", "com..speed", "com.example.", "gr\u00f6\u00dfe.a", "a b", ""],
    1: ["a.b.c\na.b.c0\na.1\na..c2\n..2\na.b.1", "x\n1\nx0"],
    2: ["/com/example/7\nspeed", "/com/*\nx", "/a\ntopics", "swim:meta:node/%2fa/lane/b\nuplinks", "swim:meta:host\nnodes#/a",
        "swim:meta:mesh\nnodes?q=a"],
    3: ["com.car.\ncom.car.a%20b", "com.car.\n{a:1}", "com.car.\n@topic(\"x%\")", "com..speed\n7.5", ".a.\n\"x.y\"", "\ntop"],
    4: ["[1,2.5,\"a\"]\n{\"a\":[{}]}", "[\"x\"]\n", "[[5]]\n", "[\"\\u0000AAE=\"]\n{}", "[{}]\n", "\n{\"a\":null}"],
    5: ["[1]\n{\"$key\":\"k\",\"$index\":0,\"a\":1}", "\n{\"$moved\":true,\"$key\":1,\"$index\":2,\"$from\":0}",
        "\n{\"$removed\":true,\"$index\":1,\"$key\":{\"a\":1}}", "\n{\"$removed\":true}"],
    6: ["@wamp(args:{1,2},kwargs:{a:b})", "{{5}}", "@update(index:1,key:{a:b})x", "{ticket:t,authid:kim}", "\"hdl_abc\"",
        "@dict", " 5"],
    7: ["2001:db8:1:2::9", "::ffff:10.1.2.3", "fe80::1%eth0", "2026-11-21T10:16:22.410Z", "2026-11-21T10:16:22+01:30",
        "AP8=", "%41%2e"],
}

# What three clients say by turns; realm_fuzz.cpp says what the marks are.
REALM_PLAYS = [
    '[32,1,{"match":"prefix","get_retained":true},"l."]\n[16,1,{"acknowledge":true},"l.a",[1],{"$index":0}]\n'
    '1[16,2,{"retain":true},"l.a",[],{"$key":"k","$index":0}]\n1[16,3,{},"l.a",[],{"$removed":true}]\n'
    '0[34,2,1]\n1[48,4,{},"wamp.subscription.list"]',
    '[64,1,{"invoke":"roundrobin"},"p"]\n[64,1,{"invoke":"roundrobin"},"p"]\n0[48,2,{"receive_progress":true,"timeout":2000},"p",[1]]\n'
    '0[70,1,{"progress":true},[1]]\n0[49,2,{"mode":"kill"}]\n0[8,68,1,{},"a.b",["x"]]\n1[48,2,{"progress":true},"p"]\n+\n+\n-',
    '[32,1,{"match":"prefix"},"h."]\n0[16,2,{"acknowledge":true},"h.a",[1]]\n'
    '0[48,3,{},"wamp.subscription.get_events",[1],{"limit":2,"reverse":true,"from_time":"2026-01-01T00:00:00Z","topic":"h.a"}]\n'
    '0[48,4,{},"wamp.session.add_testament",["t.a",[1],{}],{"scope":"detached"}]\n0[48,5,{},"wamp.session.list"]\n'
    '0[6,{},"wamp.close.close_realm"]\n2!\n1[48,1,{},"wamp.session.kill",[1]]',
]


TEXTS = {
    0: ["ws://127.0.0.1:8080/realm1?x=1", "wss://[::1]", "rs://a:65535", "ws+unix:/run/h.sock", "swims://host:443/a",
        "127.0.0.1:8080", "[::1]:0", "unix:heddle"],
    1: ["10.0.0.0/8\n10.1.2.3, [fd00::1]:4711", "::1\n127.0.0.1", "fd00::/8\nfd00::9,192.0.2.1:80", "0.0.0.0/0\n10.0.0.1"],
    2: ["evil.example:80\nhttp://127.0.0.1", "[::1]:80\nhttps://app.example", "a.localhost\nnull",
        "heddle=0123456789abcdef0123456789abcdef; other=1\n"],
    3: ["1.5MiB", "90s", "100/s", "10000d", "2026-11-21T10:16:22.410Z", "2026-11-21", "2026-11-21T10:16:22+01:30"],
    4: ["kim\nheddle/1 (x)", "a\u009bz\x7f\n\x1b[2J"],
    5: ["wamp.error.no_such_procedure", "com.example.error", "a\"b\\c\nd", "gr\u00fc\u00dfe " * 12],
    6: ["/", "/sub/a.js", "/../secret.txt", "/%2e%2e/secret.txt", "/link.txt", "/.hidden", ""],
}

WELCOME = '[2,9,{"roles":{"broker":{},"dealer":{}},"authid":"kim","authrole":"user","authmethod":"ticket"}]'
SCRAM = ('[4,"wamp-scram",{"nonce":"' + "cnJycnJycnJycnJycnJycg==" + 'x","salt":"MDEyMzQ1Njc4OWFiY2RlZg==","kdf":"pbkdf2",'
         '"iterations":4096,"memory":null}]')
SAID = [  # the credentials' choice (times two; one more: WARP), and what the router sends
    (0, [WELCOME, "[33,1,5]", "[65,2,6]", '[36,5,7,{"topic":"a\\u001b.b"},[1,{"a":[]}],{"k\\u001b":"\\u0000AAE="}]',
         '[68,8,6,{},[1]]', '[50,3,{"progress":true},["x"]]', '[8,48,3,{},"com.\\u001b[2J",[1],{"a":1}]',
         '[6,{"message":"bye\\u009b"},"wamp.close.normal"]']),
    (0, ['[3,{"message":"no \\u001b"},"wamp.error.no_such_realm"]']),
    (2, ['[4,"ticket",{}]', WELCOME, "[33,1,5]"]),
    (4, [SCRAM, WELCOME]),
    (6, ['[4,"wampcra",{"challenge":"{}","salt":"s","iterations":1000,"keylen":32}]', WELCOME]),
    (8, ['[4,"cryptosign",{"challenge":"' + "0f" * 32 + '","channel_binding":null}]', WELCOME]),
    (1, ['@linked(node:"/a",lane:b)', '@event(node:"/a",lane:b)@update(key:"k\\u001b")5',
         '@event(node:"/a",lane:b)@move(from:1,to:0,key:k)',
         '@event(node:"/a",lane:b)@wamp(args:{1,2},kwargs:{a:b})', '@event(node:"/a",lane:b)@clear', '@synced(node:"/a",lane:b)',
         '@unlinked(node:"/a",lane:b)@nodeNotFound']),
    (3, ["@authed", '@event(node:"/a",lane:b)@remove(index:0,key:{a:1})', "@deauthed"]),
]


ANSWER = ('{"items":[{"name":"a\\u001b","revision":3,"uri":"","permissions":[{"match":"exact","uri":"a.b","allow":["call"]}]}],'
          '"changes":[{"op":"add","path":"/role/a/permissions/exact a.b","after":{"allow":["call"]}}],"ends":{"sessions":2,'
          '"shown":[{"authid":"kim"}]},"allowed":true,"deciding":[{"match":"prefix","uri":"a.","deny":["call"]}],'
          '"realms":[{"realm":"plant","sessions":3}],"time":"2026-11-21T10:16:22.410Z"}')
TYPED = {
    0: ["str:42\n[1,2]\n{\"a\":1}\n42\nhello\nhex:00ff\nb64:AP8=\nname=json:[1]\na=007", "json:{\"a\":1}"],
    1: ["timeout=500\ndisclose_me=true", "exclude=[1,2]\nacknowledge=true\neligible_authid=[\"kim\"]", "prefix\nmatch=prefix",
        "invoke=first"],
    2: ["recon:@update(key:a) 5", "{a:1}", "42", "{\"a\":[1]}", "recon:{{5}}"],
    3: ["\3exact", "\5{\"a\":1}", "\x1190d", "\7kim,lee", "\x0b[1,2]", "\x095"],
    4: ["ws://127.0.0.1:8080\n10s", "json\nnever", "msgpack\nscram"],
    5: ["listener.local.address=127.0.0.1:9000\nrealm.plant.auth=[\"ticket\"]\nHEDDLE_LIMITS__MESSAGE=2MiB",
        "HEDDLE_LISTENER__LOCAL__PORT=1\nthreads=2\nx"],
    6: ["current = \"a\"\n[context.a]\nurl = \"ws://a\"\nticket = \"env:T\"\n[context.\"b c\"]\nrealm = \"r\"\n"],
    7: [chr(operation) + ANSWER for operation in (0, 4, 9, 20)],
}


TOKEN = "hdl_0123456789abcdef_" + "A" * 43
LOGINS = "\n".join((
    '@sync(node:"/v",lane:a)', f"@auth{{token:{TOKEN}}}", "@auth{ticket:t,authid:kim}", '@command(node:"/v",lane:a)1',
    '@link(node:"/m",lane:x)', '@command(node:"/f",lane:g)@offer', "@deauth", '@sync(node:"/v",lane:a)',
    f'@auth"{TOKEN}"', '@unlink(node:"/v",lane:a)', "@auth{ticket:t,authid:nobody}", "@auth", "@auth{jwt:\"a.b.c\"}"))
