"""What xl makes of values: pages only, `xlcfg.rules.reading` reports them.

A page has the KINDS of outcome (`xlcfg.model.xl.kinds`) that it is about. All kinds of one page
have one severity, so that a code is always an error, always a warning or always advice.
"""
