" Guest configs by their usual names and places; :set filetype=xlcfg for others.
autocmd BufNewFile,BufRead *.xl,*.xlcfg,*.xl.cfg,*.pv.cfg,*.pvh.cfg,*.hvm.cfg set filetype=xlcfg
autocmd BufNewFile,BufRead */xen/*.cfg,*/xen/auto/* set filetype=xlcfg
