"""A language server for xl guest configs: `xlcfg lsp`, over standard input and output.

`server`, `state`, `answers` and `protocol` speak the protocol (with pygls, which only they import);
everything else works on plain texts and byte offsets: `analysis` holds one text and what is known
of it, `cursor` finds what is being written at a place, `complete`, `hover`, `fixes` and `outline`
answer questions.
"""
