"""Records boot traces: boots a guest on a stock Xen under QEMU and watches from outside.

See `docs/record.md` for how it works and what it cannot see.
"""
