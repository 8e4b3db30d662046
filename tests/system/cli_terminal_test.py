"""heddle on a terminal: passwords are asked for without echo, top is a live page, apply asks before it acts."""

import os
import pty
import re
import select
import tempfile
import time
import unittest

from router import EXECUTABLE, PATIENCE_S, Router

ADMIN_PASSWORD = "j539-jbj7-e4ku"
CONFIGURATION = """
admin.password_file = "{folder}/password"
server.drain = "0s"
[[listener]]
name = "tcp"
address = "127.0.0.1:0"
[[realm]]
name = "realm1"
auth = ["anonymous"]
[[realm.role]]
name = "anonymous"
permissions = [{{ match = "prefix", uri = "", allow = ["call", "register", "publish", "subscribe"] }}]
[[realm.role]]
name = "operator"
permissions = [{{ match = "prefix", uri = "com.", allow = ["call"] }}]
"""
router = folder = None


def setUpModule():
    global router, folder
    folder = tempfile.TemporaryDirectory(prefix="heddle-terminal-")
    with open(f"{folder.name}/password", "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
        file.write(ADMIN_PASSWORD)
    router = Router(CONFIGURATION.format(folder=folder.name))


def tearDownModule():
    router.stop()
    folder.cleanup()


class Terminal:
    """A command whose stdin, stdout and terminal are one pseudo terminal."""

    def __init__(self, *words, **variables):
        self.text = ""
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("HEDDLE_", "XDG_"))}
        environment.update(XDG_CONFIG_HOME="/nowhere", HEDDLE_URL=f"ws://127.0.0.1:{router.port}", TERM="xterm", **variables)
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execve(EXECUTABLE, [EXECUTABLE, *words], environment)

    def until(self, pattern):
        deadline = time.monotonic() + PATIENCE_S
        while not re.search(pattern, self.text):
            ready, _, _ = select.select([self.fd], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise AssertionError(f"no {pattern!r} in:\n{self.text}")
            try:
                piece = os.read(self.fd, 65536)
            except OSError:  # the other side is closed
                piece = b""
            if not piece:
                raise AssertionError(f"it ended without {pattern!r}:\n{self.text}")
            self.text += piece.decode(errors="replace").replace("\r\n", "\n")

    def type(self, text):
        os.write(self.fd, text.encode())

    def end(self):
        try:
            while piece := os.read(self.fd, 65536):
                self.text += piece.decode(errors="replace").replace("\r\n", "\n")
        except OSError:
            pass
        os.close(self.fd)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


class OnATerminal(unittest.TestCase):
    def test_a_password_is_asked_for_without_echo(self):
        heddle = Terminal("realm", "list", "--authid", "admin", "--secret", "-")
        heddle.until(r"password of admin: ")
        heddle.type(ADMIN_PASSWORD + "\n")
        self.assertEqual(heddle.end(), 0, heddle.text)
        self.assertIn("realm1", heddle.text)
        self.assertNotIn(ADMIN_PASSWORD, heddle.text)

    def test_a_new_password_is_asked_for_twice(self):
        admin = {"HEDDLE_AUTHID": "admin", "HEDDLE_SECRET": f"file:{folder.name}/password"}
        words = ("user", "put", "kim", "--role", "operator", "--scram")
        differing = Terminal(*words, **admin)
        differing.until("password of kim: ")
        differing.type("pencil\n")
        differing.until("the same again: ")
        differing.type("pencl\n")
        self.assertEqual(differing.end(), 2)
        self.assertIn("the two were not the same", differing.text)
        heddle = Terminal(*words, **admin)
        heddle.until("password of kim: ")
        heddle.type("pencil\n")
        heddle.until("the same again: ")
        heddle.type("pencil\n")
        self.assertEqual(heddle.end(), 0, heddle.text)
        self.assertIn("user kim   realm realm1   role operator   methods scram", heddle.text)
        self.assertNotIn("pencil", heddle.text)

    def test_top_is_live_and_leaves_the_screen_as_it_was(self):
        heddle = Terminal("top", HEDDLE_AUTHID="admin", HEDDLE_SECRET=f"file:{folder.name}/password")
        heddle.until(r"q quit   s sort: realm   r realm: all")
        heddle.until(r"realm +sess +links")
        heddle.type("s")
        heddle.until("s sort: sessions")
        heddle.type("r")
        heddle.until("r realm: heddle.admin")
        heddle.type("q")
        self.assertEqual(heddle.end(), 0)
        self.assertTrue(heddle.text.rstrip().endswith("\x1b[?25h\x1b[?1049l"), repr(heddle.text[-60:]))

    def test_apply_shows_and_asks(self):
        admin = {"HEDDLE_AUTHID": "admin", "HEDDLE_SECRET": f"file:{folder.name}/password"}
        file = f"{folder.name}/realm1.toml"
        with open(file, "w") as out:
            out.write('[[realm]]\nname = "realm1"\nauth = ["anonymous"]\ncall_timeout = "9s"\n'
                      '[[realm.role]]\nname = "anonymous"\npermissions = []\n'
                      '[[realm.role]]\nname = "operator"\npermissions = []\n')
        no = Terminal("apply", file, **admin)
        no.until(r"apply this\? \[y/N\] ")
        no.type("n\n")
        self.assertEqual(no.end(), 1)
        self.assertIn("nothing was changed", no.text)
        yes = Terminal("apply", file, **admin)
        yes.until(r"\+ call_timeout +9s\n[^$]*apply this\? \[y/N\] ")
        yes.type("y\n")
        self.assertEqual(yes.end(), 0, yes.text)


if __name__ == "__main__":
    unittest.main()
