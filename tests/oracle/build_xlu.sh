#!/bin/sh
# build_xlu.sh OUTPUT.so: compiles xlu_fast.c against libxlutil 4.17 (Debian: libxenmisc4.17).
# XLCFG_ORACLE_INSTALL=1 lets it install that package when it is missing (Debian 12, as root).
set -e
out=$1
here=$(dirname "$0")
compile() { mkdir -p "$(dirname "$out")" && gcc -O2 -fPIC -shared -o "$out.$$" "$here/xlu_fast.c" -l:libxlutil.so.4.17 && mv "$out.$$" "$out"; }
command -v gcc >/dev/null || { echo "no gcc to build the oracle with" >&2; exit 1; }
if compile 2>/dev/null; then exit 0; fi
rm -f "$out.$$"
if [ "$XLCFG_ORACLE_INSTALL" = 1 ]; then
    # Its postinst wants a sysfs that containers lack; the library is there all the same.
    apt-get install -y --no-install-recommends libxenmisc4.17 >/dev/null 2>&1 || true
    if compile; then exit 0; fi
    rm -f "$out.$$"
fi
echo "no libxlutil.so.4.17 to link with (Debian 12: apt-get install libxenmisc4.17)" >&2
exit 1
