" Guest configs by their usual names and places, other .cfg files and those in /etc/xen by what is
" in them; :set filetype=xlcfg for the rest.
autocmd BufNewFile,BufRead *.xl,*.xlcfg,*.xl.cfg,*.pv.cfg,*.pvh.cfg,*.hvm.cfg set filetype=xlcfg
autocmd BufNewFile,BufRead */xen/*.cfg,*/xen/auto/*,*/xen/xl.conf set filetype=xlcfg
autocmd BufRead *.cfg,*/etc/xen/* call xlcfg#detect()
