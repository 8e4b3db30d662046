"""Starts the real executable for tests in Python and sees it off again; router.mjs is the same for JavaScript."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
EXECUTABLE = os.environ.get("HEDDLE_BIN", str(ROOT / "build/dev/heddle"))
PATIENCE_S = 30 if os.environ.get("HEDDLE_PRESET") in ("asan", "tsan") else 10

CONFIGURATION = """
default_realm = "realm1"
[server]
threads = 2
drain = "0s"
[[listener]]
name = "tcp"
address = "127.0.0.1:0"
[[listener]]
name = "unix"
address = "unix:{folder}/heddle.sock"
[[realm]]
name = "realm1"
auth = ["anonymous"]
[[realm.history]]
match = "prefix"
uri = "kept."
[[realm.history]]
uri = "guarded.kept"
[[realm.role]]
name = "anonymous"
permissions = [
  {{ match = "prefix", uri = "", allow = ["call", "register", "publish", "subscribe"] }},
  {{ match = "prefix", uri = "guarded.", deny = ["subscribe"] }},
]
"""


class Router:
    def __init__(self, configuration=None):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="heddle-"))
        self.socket = str(self.folder / "heddle.sock")
        file = self.folder / "heddle.toml"
        file.touch(0o600)
        file.write_text(configuration or CONFIGURATION.format(folder=self.folder))
        self.errors = (self.folder / "stderr").open("w+b")
        self.process = subprocess.Popen([EXECUTABLE, "serve", str(file)], cwd=self.folder, stdout=subprocess.PIPE, stderr=self.errors)
        self.words = ""
        # A router that never says it is ready ends the test by being ended.
        watchdog = threading.Timer(PATIENCE_S, self.process.kill)
        watchdog.start()
        for line in self.process.stdout:
            self.words += line.decode(errors="replace")
            if "ready in" in self.words:
                break
        watchdog.cancel()
        port = re.search(r"127\.0\.0\.1:(\d+)", self.words)
        if not port or "ready in" not in self.words:
            raise AssertionError(f"the router did not start:\n{self.words}\n{self.said()}")
        self.port = int(port.group(1))
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def said(self):
        self.errors.flush()
        return (self.folder / "stderr").read_text(errors="replace")[-8000:]

    def stop(self):
        """It must still be there, leave on SIGTERM with 0, and have no sanitizer's report."""
        code = self.process.poll()
        alive = code is None
        self.process.terminate()
        try:
            code = self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
        said = self.said()
        self.errors.close()
        shutil.rmtree(self.folder)
        assert alive, f"the router had ended by itself with {code}\n{said}"
        assert code == 0 and "Sanitizer" not in said and "runtime error:" not in said, f"exit code {code}\n{said}"
