"""The protocol between a long run and whoever does its work.

An engine takes batches and gives their answers back in any order. `xlcfg.many.engine.dispatch` sees
to it that every item has exactly one outcome, whatever an engine loses or repeats.
"""

from __future__ import annotations

from collections import namedtuple

from xlcfg.core.errors import SettingsError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Protocol

    #: What is to be checked: its place in the run, its path as shown, and its bytes; None for a
    #: file that the worker reads.
    Item = tuple[int, str, bytes | None]

    class Batch(Protocol):
        """Some items of a job."""

        number: int
        items: list[Item]

        def encode(self) -> bytes:
            """The batch as bytes for `xlcfg.many.wire.work`.

            Raises EngineError for a run that cannot be described.
            """

    class Engine(Protocol):
        """What `xlcfg_engine` of a plugin answers."""

        #: how many items a batch should have
        batch_files: int

        def map(
            self, batches: Iterable[Batch]
        ) -> Iterator[tuple[int, Answer | bytes | WorkerLost]]:
            """The number of each batch with its answer, in any order.

            `batches` is read as far as there is room for more; reading it reads files. An engine
            on other machines has `work(batch.encode())` called there, and gives back the bytes it
            returned, or `WorkerLost` when the worker did not survive. Raises EngineError.
            """

        def close(self) -> None:
            """End everything, also what has been given out and is not done."""


#: The outcomes of a batch: `results` as (index, plain values), and what plugins did wrong as
#: (index, plugin, hook, error).
Answer = namedtuple("Answer", ("results", "failures"))

#: What becomes of one item: its `index`, its `result` in plain values or `WorkerLost`, and
#: `failures` as above.
Outcome = namedtuple("Outcome", ("index", "result", "failures"))


class EngineError(SettingsError):
    """An engine that cannot be had, or is gone; the message is for people, on one line."""


class WorkerLost:
    """A batch without an answer: `how` its worker ended; `mistake`: by an exception of ours."""

    __slots__ = ("how", "mistake")

    def __init__(self, how: str, *, mistake: bool = False) -> None:
        self.how = how
        self.mistake = mistake
