"""Pages about replayed traces; `xlcfg.emulator.findings` reports them.

Their examples are the events of a trace. The first line says which guest and which policy; what a
header says besides is the same for all of them.
"""
