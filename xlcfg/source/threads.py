"""Threads that fetch, and what is done about one that a server keeps waiting.

Each task is bounded by time (`XLCFG_REMOTE_TIMEOUT`). A thread whose task takes longer is left
behind; it does not keep the process.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

#: How many files are fetched at the same time.
THREADS = 16
#: The environment variable with the seconds that nothing may come for; one file may take ten times
#: as long.
VARIABLE = "XLCFG_REMOTE_TIMEOUT"
TIMEOUT = 30.0


def timeout() -> float:
    """The seconds that nothing may come for."""
    try:
        wanted = float(os.environ.get(VARIABLE) or TIMEOUT)
    except ValueError:
        return TIMEOUT
    return wanted if 0 < wanted < 1e6 else TIMEOUT


class Task:
    """Something that a thread does; `moved` is when it last got on, `patience` how much longer than
    usual it may take to.
    """

    def __init__(self, do: Callable[[Task], Any], patience: int) -> None:
        self.do = do
        self.patience = patience
        self.began = self.moved = 0.0
        self.result: Any = None
        self.error: BaseException | None = None
        self.done = threading.Event()
        self.given_up = False

    def run(self) -> None:
        self.moved = self.began = time.monotonic()
        try:
            self.result = self.do(self)
        except BaseException as error:
            self.error = error
        self.done.set()

    def tick(self) -> None:
        """Say that something has come."""
        self.moved = time.monotonic()
        if self.given_up:
            raise TimeoutError


class Threads:
    """Does tasks, some at a time. Its threads are no reason for a process not to end."""

    def __init__(self) -> None:
        self._waiting: deque[Task] = deque()
        self._wake = threading.Condition()
        self._idle = self._count = 0
        self._closed = False

    def start(self, do: Callable[[Task], Any], patience: int = 1) -> Task:
        task = Task(do, patience)
        with self._wake:
            self._waiting.append(task)
            self._staff()
        return task

    def _staff(self) -> None:
        if self._idle >= len(self._waiting):
            self._wake.notify()
        elif self._count < THREADS:
            self._count += 1
            threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            with self._wake:
                self._idle += 1
                while not self._waiting and not self._closed:
                    self._wake.wait()
                self._idle -= 1
                if not self._waiting:
                    return
                task = self._waiting.popleft()
            task.run()
            if task.given_up:
                return  # its place was given to another

    def wait(self, task: Task) -> Any:
        """The task's result. Raises what it raised, TimeoutError when nothing comes any more.

        Tasks are begun in the order in which they were started, and are to be waited for in it.
        """
        limit = timeout() * task.patience
        while not task.done.wait(min(limit, 1.0)):
            now = time.monotonic()
            if task.began and (now - task.moved > limit or now - task.began > 10 * limit):
                task.given_up = True
                with self._wake:
                    self._count -= 1
                    if self._waiting:
                        self._staff()
                raise TimeoutError
        if task.error is not None:
            raise task.error
        return task.result

    def close(self) -> None:
        with self._wake:
            self._closed = True
            self._waiting.clear()
            self._wake.notify_all()
