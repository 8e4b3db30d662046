"""Parts of a load that run in processes of their own, so that no client waits for another. Each is ended by its id."""

import multiprocessing
import os
import signal
import time

_context = multiprocessing.get_context("fork")


class Child:
    """Runs function(*arguments) in a forked process; `result` waits for what it returns."""

    def __init__(self, function, *arguments):
        self._ours, theirs = _context.Pipe()
        self.process = _context.Process(target=_run, args=(theirs, function, arguments), daemon=True)
        self.process.start()
        theirs.close()
        self.pid = self.process.pid

    def result(self, limit_s):
        """Raises what the function raised, or TimeoutError; in any case the process is gone afterwards."""
        try:
            if not self._ours.poll(limit_s):
                raise TimeoutError(f"a part of the load did not end within {limit_s:.0f} s")
            failed, value = self._ours.recv()
        except EOFError:
            failed, value = True, RuntimeError("a part of the load ended without a result")
        finally:
            self.stop()
        if failed:
            raise value
        return value

    def stop(self):
        if self.process.is_alive():
            self.process.join(0.2)
        if self.process.is_alive():
            self.process.kill()
        self.process.join()

    def pause(self):
        os.kill(self.pid, signal.SIGSTOP)

    def go_on(self):
        os.kill(self.pid, signal.SIGCONT)


def _run(pipe, function, arguments):
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        pipe.send((False, function(*arguments)))
    except BaseException as error:  # whatever it was, the parent is told
        pipe.send((True, RuntimeError(f"{type(error).__name__}: {error}")))


def wait_until(condition, limit_s, every_s=0.05):
    """True as soon as condition() is; False after `limit_s`."""
    end = time.monotonic() + limit_s
    while not condition():
        if time.monotonic() >= end:
            return False
        time.sleep(every_s)
    return True
