"""Measures xlcfg against public tools. `python -m benchmarks --help`."""
