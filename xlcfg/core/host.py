"""The machine that guests are for."""

from __future__ import annotations


class Host:
    """The machine the guest is for: without it, what depends on it is "advice", not "refused".

    `cpus` and `nodes` count physical CPUs and NUMA nodes; `memory_mb` is in MiB (0: not known);
    `pools` are the names of the cpupools, their numbers being their places; `domains` the names of
    the running domains; `device_model` says whether the stock emulator is installed. `virt_caps`
    and `xen_caps` are the words of `xl info` about what it can run, empty for not known; `free_mb`
    is what no domain has of the memory (-1: not known).
    """

    __slots__ = (
        "cpus",
        "device_model",
        "domains",
        "free_mb",
        "memory_mb",
        "nodes",
        "pools",
        "virt_caps",
        "xen_caps",
    )

    def __init__(
        self,
        cpus: int,
        nodes: int = 1,
        memory_mb: int = 0,
        pools: tuple[str, ...] = ("Pool-0",),
        domains: tuple[str, ...] = ("Domain-0",),
        device_model: bool = True,
        virt_caps: tuple[str, ...] = (),
        xen_caps: tuple[str, ...] = (),
        free_mb: int = -1,
    ) -> None:
        self.cpus = cpus
        self.nodes = nodes
        self.memory_mb = memory_mb
        self.pools = pools
        self.domains = domains
        self.device_model = device_model
        self.virt_caps = virt_caps
        self.xen_caps = xen_caps
        self.free_mb = free_mb
