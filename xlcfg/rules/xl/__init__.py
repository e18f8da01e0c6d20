"""What xl makes of values: words for it, which `xlcfg.rules.reading` reports.

A page has the KINDS of outcome (`xlcfg.model.xl.effects`) that it is about. All kinds of one page
have one severity, so that a code is always an error, always a warning or always advice.
"""
