"""The machine that guests are for."""

from __future__ import annotations


class Host:
    """The machine the guest is for: without it, what depends on it is "advice", not "refused".

    `cpus` and `nodes` count physical CPUs and NUMA nodes; `memory_mb` is in MiB (0: not known);
    `pools` are the names of the cpupools, their numbers being their places; `domains` the names of
    the running domains; `device_model` says whether the stock emulator is installed. `virt_caps`
    and `xen_caps` are the words of `xl info` about what it can run, empty for not known; `free_mb`
    is what no domain has of the memory (-1: not known).

    Of the others None says that nothing is known: `bridges` are the names of the bridges; `users`
    those of the users; `files` pairs of a directory and the names of all that is in it;
    `emulator_lacks` what the emulator is built without (`xlcfg/model/schema/host.schema.json` has
    the words); `grant_limits` the most grant and maptrack frames that the boot line allows a guest;
    `domains_known` that no other domains run than `domains`.
    """

    __slots__ = (
        "bridges",
        "cpus",
        "device_model",
        "domains",
        "domains_known",
        "emulator_lacks",
        "files",
        "free_mb",
        "grant_limits",
        "memory_mb",
        "nodes",
        "pools",
        "users",
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
        bridges: tuple[str, ...] | None = None,
        users: tuple[str, ...] | None = None,
        files: tuple[tuple[str, tuple[str, ...]], ...] | None = None,
        emulator_lacks: tuple[str, ...] | None = None,
        grant_limits: tuple[int, int] | None = None,
        domains_known: bool = False,
    ) -> None:
        self.cpus = cpus
        self.nodes = nodes
        self.memory_mb = memory_mb
        self.pools = pools
        self.domains = domains
        self.domains_known = domains_known
        self.device_model = device_model
        self.virt_caps = virt_caps
        self.xen_caps = xen_caps
        self.free_mb = free_mb
        self.bridges = bridges
        self.users = users
        self.files = files
        self.emulator_lacks = emulator_lacks
        self.grant_limits = grant_limits
