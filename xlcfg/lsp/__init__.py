"""A language server for Xen's configs: `xlcfg lsp`, over standard input and output.

`rpc` reads and writes messages, `server` says which of them lead where; `state`, `texts`, `answers`
and `protocol` speak the protocol. Everything else works on plain texts and byte offsets: `analysis`
holds one text and what is known of it, `cursor` finds what is being written at a place, `complete`,
`hover`, `fixes`, `formatting` and `outline` answer questions.
"""
