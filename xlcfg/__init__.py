"""xlcfg: checks Xen guest configs, Xen boot command lines and the runstate ABI."""

__version__ = "0.1.0"
