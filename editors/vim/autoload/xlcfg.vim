" Tells guest configs from other files by what is in them.

" How many lines are looked at.
let s:lines = 50

" Makes the buffer a guest config if it looks like one and like nothing better: what Vim calls cfg or
" conf is anything with settings in it.
function! xlcfg#detect() abort
  if index(['', 'cfg', 'conf', 'text'], &filetype) < 0
    return
  endif
  let l:place = expand('<afile>:p') =~# '/etc/xen/'
  if xlcfg#is_guest(getline(1, s:lines), l:place)
    set filetype=xlcfg
  endif
endfunction

" Whether lines look like a guest config: most of what is set are keys of xl's, and one of them is
" nobody else's. In /etc/xen (`place`) any two of its keys will do.
function! xlcfg#is_guest(lines, place) abort
  if get(a:lines, 0, '') =~# '^#!'
    return 0
  endif
  let l:names = {}
  for l:line in a:lines
    " a line like [section] of INI and TOML
    if empty(l:names) && l:line =~# '^\s*\[\s*\a[^"'',=]*\]\s*$'
      return 0
    endif
    let l:name = matchstr(l:line, '^\s*\zs\a\w*\ze\s*+\?=\s*[["''0-9]')
    if !empty(l:name)
      let l:names[l:name] = 1
    endif
  endfor
  let l:own = len(filter(copy(l:names), 'index(g:xlcfg#keys#own, v:key) >= 0'))
  let l:shared = len(filter(copy(l:names), 'index(g:xlcfg#keys#shared, v:key) >= 0'))
  if 2 * (l:own + l:shared) <= len(l:names)
    return 0
  endif
  return l:own > 0 || (a:place && l:shared > 1)
endfunction
