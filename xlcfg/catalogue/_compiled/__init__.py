"""Compiled from data/releases.json by `python -m xlcfg.catalogue.build`; do not edit."""

# ruff: noqa
# fmt: off
from __future__ import annotations

RELEASES: tuple[str, ...] = (
    '4.4',
    '4.5',
    '4.6',
    '4.7',
    '4.8',
    '4.9',
    '4.10',
    '4.11',
    '4.12',
    '4.13',
    '4.14',
    '4.15',
    '4.16',
    '4.17',
    '4.18',
    '4.19',
    '4.20',
    '4.21',
    '4.22',
    'unstable',
)
NEWEST = '4.22'
