"""Documentation made of what the program knows of itself.

`commands` describes the command line, `man` and `completion` write it for manual pages and shells;
`pages` makes the pages of rules and options, `hooks` the reference of the hooks, and `site` hands
them to MkDocs.
"""
