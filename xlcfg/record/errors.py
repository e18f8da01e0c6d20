"""What ends a recording before it begins."""

from __future__ import annotations


class RecordError(Exception):
    """Nothing can be recorded; the message says why and, where known, what to do."""


class MissingProgramError(RecordError):
    """A program or file that the machine lacks, with the package that has it."""

    def __init__(self, program: str, package: str, why: str) -> None:
        super().__init__(f"{program} is missing, which {why}; on Debian: apt-get install {package}")
        self.program = program
        self.package = package
