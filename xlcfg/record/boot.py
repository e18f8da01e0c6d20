"""Starts the machine that a request is about."""

from __future__ import annotations

from xlcfg.record.machine import QemuMachine, Request


def boot(request: Request) -> QemuMachine:
    """Start QEMU for a request. Raises RecordError."""
    if request.arch == "arm64":
        from xlcfg.record.boot_arm import boot_arm64

        return boot_arm64(request)
    from xlcfg.record.boot_x86 import boot_x86_64

    return boot_x86_64(request)
