" Comments, and xlcfg as the program behind :make and gq.
if exists("b:did_ftplugin")
  finish
endif
let b:did_ftplugin = 1

setlocal comments=:# commentstring=#\ %s
setlocal makeprg=xlcfg\ check\ --format\ concise\ %:S
setlocal errorformat=%f:%l:%c:\ %t%*[a-z]%m
if executable("xlcfg")
  setlocal formatprg=xlcfg\ fmt\ -
endif
let b:undo_ftplugin = "setlocal comments< commentstring< makeprg< errorformat< formatprg<"
