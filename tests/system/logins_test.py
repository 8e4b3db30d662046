"""Debian's python3-autobahn logs in by every way it knows, in the open and over TLS 1.2 and 1.3."""

import asyncio
import base64
import hashlib
import os
import pathlib
import secrets
import ssl
import subprocess
import tempfile
import unittest
import unittest.mock

import autobahn.wamp.auth
import txaio
from autobahn.asyncio.component import Component
from autobahn.asyncio.rawsocket import WampRawSocketClientProtocol
from autobahn.asyncio.wamp import ApplicationRunner, ApplicationSession
from autobahn.wamp.cryptosign import CryptosignKey

from router import EXECUTABLE, PATIENCE_S, Router

txaio.use_asyncio()
# As in autobahn_python_test.py.
WampRawSocketClientProtocol.transport_details = property(lambda self: self._transport_details)

PASSWORD, TICKET, PLAIN = "päss,w=rd", "open sesame", "a plain secret"
SEED = secrets.token_hex(32)
router = folder = None


def openssl(*words):
    subprocess.run(["openssl", *words], cwd=folder.name, check=True, capture_output=True)


def make_certificates():
    new = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    openssl("req", "-x509", *new, "-days", "2", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=ca",
            "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign")
    for name, extensions in (("server", "subjectAltName=IP:127.0.0.1,DNS:localhost"), ("kim", "extendedKeyUsage=clientAuth")):
        pathlib.Path(folder.name, f"{name}.ext").write_text(extensions)
        openssl("req", *new, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
                "-extfile", f"{name}.ext", "-out", f"{name}.pem")
        os.chmod(pathlib.Path(folder.name, f"{name}.key"), 0o600)


def kept(kind, secret, *more):
    file = pathlib.Path(folder.name, "secret")
    file.write_text(secret)
    made = subprocess.run([EXECUTABLE, "hash", kind, "--password", f"file:{file}", *more], check=True, capture_output=True)
    return made.stdout.decode().strip()


def configuration():
    weak = ("--iterations", "4096")
    quick = ("--memory", "256KiB", "--iterations", "1")
    with open(pathlib.Path(folder.name, "kim.pem")) as file:
        fingerprint = hashlib.sha256(ssl.PEM_cert_to_DER_cert(file.read())).hexdigest()
    users = {
        "tina": f'ticket = "{kept("ticket", TICKET, *quick)}"',
        "craig": f'wampcra = "{kept("cra", PASSWORD, "--iterations", "1000")}"',
        "clara": f'wampcra = "{PLAIN}"',
        "sam": f'scram = "{kept("scram", PASSWORD, *weak)}"',
        "arno": f'scram = "{kept("scram", PASSWORD, "--kdf", "argon2id-13", *quick)}"',
        "kim": f'keys = ["{CryptosignKey.from_bytes(bytes.fromhex(SEED)).public_key()}"], certificates = ["{fingerprint}"]',
    }
    rows = "\n".join(f'  {{ authid = "{name}", role = "user", {rest} }},' for name, rest in users.items())
    return f"""
default_realm = "realm1"
[server]
drain = "0s"
[[tls]]
name = "main"
certificate = "{folder.name}/server.pem"
key = "{folder.name}/server.key"
client_ca = "{folder.name}/ca.pem"
client_certificate = "asked"
[[listener]]
name = "tcp"
address = "127.0.0.1:0"
tls = "main"
[[realm]]
name = "realm1"
auth = ["anonymous", "ticket", "wampcra", "scram", "cryptosign", "tls", "cookie"]
anonymous_role = "user"
throttle = {{ attempts = 0 }}
users = [
{rows}
]
[[realm.role]]
name = "user"
permissions = [{{ match = "prefix", uri = "", allow = ["call"] }}]
"""


def setUpModule():
    global router, folder
    folder = tempfile.TemporaryDirectory(prefix="heddle-logins-")
    make_certificates()
    router = Router(configuration())


def tearDownModule():
    router.stop()
    folder.cleanup()


def tls_context(version, certificate=None):
    context = ssl.create_default_context(cafile=f"{folder.name}/ca.pem")
    context.minimum_version = context.maximum_version = version
    context.check_hostname = False  # the component names the host of its url, not ours to choose
    if certificate:
        context.load_cert_chain(f"{folder.name}/{certificate}.pem", f"{folder.name}/{certificate}.key")
    return context


def mended_pbkdf2(password, salt, iterations):
    """Theirs hands the salt on as the text that it got, which their own pbkdf2 refuses."""
    return autobahn.wamp.auth.pbkdf2(password, base64.b64decode(salt), iterations, 32)


class TheClient(unittest.TestCase):
    def test_cannot_do_scram_with_pbkdf2_by_itself(self):
        with self.assertRaisesRegex(ValueError, "Invalid argument types"):
            autobahn.wamp.auth._hash_pbkdf2_secret(b"password", "c2FsdHNhbHQ=", 4096)


class Behaviour:
    """What every transport must show; the classes below mix it with unittest."""

    tls = None  # version
    rawsocket = False

    def transport(self, certificate=None):
        endpoint = {"type": "tcp", "host": "127.0.0.1", "port": router.port}
        if self.tls:
            endpoint["tls"] = tls_context(self.tls, certificate)
        if self.rawsocket:
            url = "rss://127.0.0.1" if self.tls else "rs://127.0.0.1"
            return {"type": "rawsocket", "url": url, "serializer": "cbor", "endpoint": endpoint, "max_retries": 0}
        scheme = "wss" if self.tls else "ws"
        return {"type": "websocket", "url": f"{scheme}://127.0.0.1:{router.port}/ws", "endpoint": endpoint, "max_retries": 0}

    async def login(self, authentication, certificate=None):
        """Joins, calls something, leaves; what WELCOME said."""
        loop = asyncio.get_running_loop()
        txaio.config.loop = loop
        component = Component(transports=[self.transport(certificate)], realm="realm1", authentication=authentication)
        joined = loop.create_future()

        @component.on_join
        async def on_join(session, details):
            try:
                count = await session.call("wamp.session.count")
                joined.set_result((details, count))
            except Exception as error:  # for the test, not for the component
                joined.set_exception(error)
            session.leave()

        reasons = []

        @component.on_leave
        def on_leave(session, details):
            reasons.append(details.reason)

        done = asyncio.ensure_future(component.start(loop=loop))
        await asyncio.wait_for(asyncio.wait([done]), PATIENCE_S)
        failure = done.exception()
        if not joined.done():
            raise PermissionError(str(failure) + " " + " ".join(str(reason) for reason in reasons))
        details, count = joined.result()
        self.assertGreaterEqual(count, 1)
        return details

    async def check(self, method, authentication, authid, certificate=None):
        details = await self.login({method: authentication}, certificate)
        self.assertEqual((details.authid, details.authrole, details.authmethod.replace("wamp-", "")), (authid, "user", method))

    async def refuse(self, method, authentication):
        with self.assertRaises(PermissionError) as refused:
            await self.login({method: authentication})
        self.assertIn("authentication_failed", str(refused.exception))

    async def test_anonymous(self):
        details = await self.login(None)
        self.assertEqual((details.authrole, details.authmethod), ("user", "anonymous"))

    async def test_ticket(self):
        await self.check("ticket", {"authid": "tina", "ticket": TICKET}, "tina")
        await self.refuse("ticket", {"authid": "tina", "ticket": TICKET + "."})
        await self.refuse("ticket", {"authid": "nobody", "ticket": TICKET})

    async def test_wampcra_salted(self):
        await self.check("wampcra", {"authid": "craig", "secret": PASSWORD}, "craig")
        await self.refuse("wampcra", {"authid": "craig", "secret": "other"})
        await self.refuse("wampcra", {"authid": "nobody", "secret": "other"})

    async def test_wampcra_plain(self):
        await self.check("wampcra", {"authid": "clara", "secret": PLAIN}, "clara")
        await self.refuse("wampcra", {"authid": "clara", "secret": PASSWORD})

    async def test_scram_with_pbkdf2(self):
        with unittest.mock.patch.object(autobahn.wamp.auth, "_hash_pbkdf2_secret", mended_pbkdf2):
            await self.check("scram", {"authid": "sam", "password": PASSWORD}, "sam")
            await self.refuse("scram", {"authid": "sam", "password": "other"})
            await self.refuse("scram", {"authid": "nobody", "password": "other"})

    async def test_scram_with_argon2id(self):
        await self.check("scram", {"authid": "arno", "password": PASSWORD}, "arno")
        await self.refuse("scram", {"authid": "arno", "password": "other"})

    async def test_cryptosign(self):
        await self.check("cryptosign", {"privkey": SEED}, "kim")
        await self.refuse("cryptosign", {"privkey": secrets.token_hex(32)})

    async def test_cryptosign_bound_to_the_channel(self):
        bound = {"privkey": SEED, "authextra": {"channel_binding": "tls-unique"}}
        if self.tls == ssl.TLSVersion.TLSv1_2:
            return await self.check("cryptosign", bound, "kim")
        # In the open, and in TLS 1.3, there is no such channel id: refused, not let in without.
        with self.assertRaises(PermissionError):
            await self.login({"cryptosign": bound})


class Session(ApplicationSession):
    """Logs in by the one method that it is told, and leaves again."""

    def onConnect(self):
        self.join("realm1", [self.config.extra["method"]], authid=self.config.extra.get("authid"))

    def onChallenge(self, challenge):
        return TICKET

    def onJoin(self, details):
        self.config.extra["end"].set_result((details, self._transport.http_headers.get("set-cookie", "")))
        self.leave()

    def onLeave(self, details):
        if not self.config.extra["end"].done():
            self.config.extra["end"].set_exception(PermissionError(details.reason))
        self.disconnect()


class WithoutAChallenge(unittest.IsolatedAsyncioTestCase):
    """What a connection brings along: a cookie, a certificate. Components have no names for these; sessions take any."""

    async def login(self, method, scheme="ws", certificate=None, cookie=None, **more):
        loop = asyncio.get_running_loop()
        txaio.config.loop = loop
        extra = {"method": method, "end": loop.create_future(), **more}
        context = tls_context(ssl.TLSVersion.TLSv1_3, certificate) if scheme == "wss" else None
        headers = {"Cookie": cookie} if cookie else None
        runner = ApplicationRunner(f"{scheme}://127.0.0.1:{router.port}/ws", "realm1", extra=extra, ssl=context, headers=headers)
        transport, _ = await asyncio.wait_for(runner.run(Session, start_loop=False), PATIENCE_S)
        try:
            return await asyncio.wait_for(extra["end"], PATIENCE_S)
        finally:
            transport.close()

    async def test_tls_certificate(self):
        details, _ = await self.login("tls", "wss", certificate="kim")
        self.assertEqual((details.authid, details.authrole, details.authmethod), ("kim", "user", "tls"))
        for scheme in ("ws", "wss"):
            with self.assertRaisesRegex(PermissionError, "no_matching_auth_method"):
                await self.login("tls", scheme)

    async def test_cookie(self):
        for scheme in ("ws", "wss"):
            _, cookie = await self.login("ticket", scheme, authid="tina")
            self.assertRegex(cookie, "^heddle=[0-9a-f]{32}; HttpOnly; SameSite=Strict; Path=/")
            again, _ = await self.login("cookie", scheme, cookie=cookie.split(";")[0])
            self.assertEqual((again.authid, again.authrole, again.authmethod), ("tina", "user", "cookie"))
            with self.assertRaisesRegex(PermissionError, "no_matching_auth_method"):
                await self.login("cookie", scheme, cookie="heddle=" + "0" * 32)


class WebSocket(Behaviour, unittest.IsolatedAsyncioTestCase):
    pass


class RawSocket(Behaviour, unittest.IsolatedAsyncioTestCase):
    rawsocket = True


class WebSocketOverTls12(Behaviour, unittest.IsolatedAsyncioTestCase):
    tls = ssl.TLSVersion.TLSv1_2


class WebSocketOverTls13(Behaviour, unittest.IsolatedAsyncioTestCase):
    tls = ssl.TLSVersion.TLSv1_3


if __name__ == "__main__":
    unittest.main()
