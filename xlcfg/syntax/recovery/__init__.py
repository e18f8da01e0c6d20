"""What is wrong with a config that libxlutil refuses: imported for such files alone.

`parser.recover` is the way in. `lexer` makes the tokens that were meant out of mistakes, in parts
(`state`, `strings`, `lists`, `settings`) over the patterns of `patterns`; `advice` knows what
people write where a name or value belongs, `fixes` makes the edits that repair it. The messages
stand in the rules' files, `xlcfg/rules/syntax/`.
"""
