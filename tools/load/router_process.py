"""Starts the router that a trial is about, with a configuration of its own on ports that the kernel picks; ends it."""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import urllib.request

import kernel
from peer import Peer, RawSocketFraming

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
START_S = 30.0
STOP_S = 20.0

CONFIG = """
default_realm = "realm1"
[server]
threads = {threads}
drain = "0s"
[log]
level = "warn"
[[listener]]
name = "tcp"
address = "127.0.0.1:0"
[[listener]]
name = "unix"
address = "unix:{folder}/heddle.sock"
peer_admins = ["root"]
{limits}
[[realm]]
name = "realm1"
auth = ["anonymous"]
lanes = [
  {{ match = "prefix", uri = "trial.event.", kind = "event" }},
  {{ match = "wildcard", uri = "com.heddle.bench.load...event", kind = "event" }},
]
[[realm.role]]
name = "anonymous"
permissions = [{{ match = "prefix", uri = "", allow = ["call", "register", "publish", "subscribe"] }}]
[[realm]]
name = "closed"
auth = ["ticket"]
"""


def executable():
    return os.environ.get("HEDDLE_BIN", str(ROOT / "build/release/heddle"))


class Router:
    """A context manager. `threads` of the server; `limits`: keys of the table [limits] as they stand in the file."""

    def __init__(self, threads=2, **limits):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="heddle-trial-"))
        self.socket = str(self.folder / "heddle.sock")
        lines = [f"{key} = {value if isinstance(value, int) else repr(value)}" for key, value in limits.items()]
        text = "\n".join(["[limits]", *lines])
        self.config = self.folder / "heddle.toml"
        self.config.touch(0o600)
        self.config.write_text(CONFIG.format(threads=threads, folder=self.folder, limits=text if limits else ""))
        self.errors = (self.folder / "stderr").open("w+b")
        self.process = subprocess.Popen([executable(), "serve", str(self.config)], cwd=self.folder,
                                        stdout=subprocess.PIPE, stderr=self.errors)
        self.pid = self.process.pid
        watchdog = threading.Timer(START_S, self.process.kill)
        watchdog.start()
        words = ""
        for line in self.process.stdout:
            words += line.decode(errors="replace")
            if "ready in" in words:
                break
        watchdog.cancel()
        port = re.search(r"127\.0\.0\.1:(\d+)", words)
        if not port or "ready in" not in words:
            self.stop()
            raise RuntimeError(f"the router did not start: {words}{self.said}")
        self.port = int(port.group(1))
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    @property
    def alive(self):
        return self.process.poll() is None

    def resident(self):
        return kernel.resident_bytes(self.pid)

    def descriptors(self):
        return kernel.descriptors(self.pid)

    def sockets(self):
        return kernel.SocketMemory(self.port)

    def administrator(self):
        """A session in heddle.admin by the Unix socket: whoever runs the router is an administrator there."""
        return Peer(self.socket, RawSocketFraming("json")).join("heddle.admin", authmethods=["local"])

    def refusals(self):
        """What was refused so far at limits: {labels of heddle_refused_total: count}, without those that are 0."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=10) as answer:
            text = answer.read().decode()
        found = re.findall(r"^heddle_refused_total\{(.*)\} (\d+)$", text, re.MULTILINE)
        return {labels: int(count) for labels, count in found if count != "0"}

    def stop(self):
        """Ends the router; `exit_code` is 0 where it was alive and left as it should."""
        was_alive = self.alive
        if was_alive:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.exit_code = self.process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.exit_code = self.process.wait()
        self.errors.seek(0)
        self.said = self.errors.read().decode(errors="replace")[-8000:]
        self.errors.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        if not was_alive:
            self.exit_code = self.exit_code or -1


def check(limits):
    """What `heddle check` says of a configuration with these limits: (exit code, its words)."""
    with tempfile.TemporaryDirectory(prefix="heddle-trial-") as folder:
        file = pathlib.Path(folder) / "heddle.toml"
        file.touch(0o600)
        file.write_text(CONFIG.format(threads=1, folder=folder, limits="[limits]\n" + limits))
        done = subprocess.run([executable(), "check", str(file)], capture_output=True, text=True, timeout=START_S,
                              check=False)
        return done.returncode, done.stdout + done.stderr
