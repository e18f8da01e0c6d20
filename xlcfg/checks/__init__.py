"""Checks one input: who takes part, the guest or host file in it, which findings count."""
