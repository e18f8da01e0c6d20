"""What a host answers: the log of its hypervisor, and the domains that run. Pages only."""
