"""Tables written by `python -m xlcfg.syntax.build`."""
