"""A language server for xl guest configs: `xlcfg lsp`, over standard input and output.

`server` speaks the protocol (with pygls, which only it imports); everything else works on plain
texts and byte offsets: `analysis` holds one text and what is known of it, `cursor` tells what is
being written at a place, `complete`, `hover`, `mend` and `outline` answer questions.
"""
