#!/bin/sh
# libvirt.sh DIR - the pairs of libvirt's own tests: domain XML, and the xl.cfg or libxl JSON it makes of it.
# They come with Debian's source package; nothing is installed and the system's apt is left alone.
# Needs: apt-get of Debian, tar, xz. Exit code 1: they are not there; what stood in DIR before stays.
set -eu
[ $# = 1 ] || { echo "usage: $0 DIR" >&2; exit 2; }
mkdir -p "$1"; dir=$(cd "$1" && pwd)
if [ -e "$dir/version" ]; then echo "libvirt $(cat "$dir/version") is ready in $dir"; exit 0; fi
main=$({ for f in /etc/apt/sources.list.d/*.sources; do [ -f "$f" ] && sed -n 's/^URIs:[[:space:]]*//p' "$f"; done
    for f in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do [ -f "$f" ] && sed -n 's/^deb[[:space:]]\{1,\}\(\[[^]]*\][[:space:]]*\)\{0,1\}\([^[:space:]]*\).*/\2/p' "$f"; done
  } | tr ' \t' '\n\n' | sed 's,/*$,,' | grep '/debian$' | head -n 1 || true)
[ -n "$main" ] || { echo "no Debian mirror found in /etc/apt" >&2; exit 1; }
a=$dir/apt; mkdir -p "$a/lists/partial" "$a/cache/archives/partial" "$a/state" "$a/source"
echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $main bookworm main" > "$a/sources.list"
O="-o Dir::Etc::sourcelist=$a/sources.list -o Dir::Etc::sourceparts=/dev/null -o Dir::State=$a/state -o Dir::State::lists=$a/lists -o Dir::State::status=/dev/null -o Dir::Cache=$a/cache -o Acquire::Languages=none -o APT::Sandbox::User=root -o Acquire::Retries=3 -o Acquire::http::Timeout=30 -o Acquire::https::Timeout=30"
apt-get $O -q update >"$a/update.log" 2>&1 || { tail -n 3 "$a/update.log" >&2; exit 1; }
(cd "$a/source" && apt-get $O -q source --download-only libvirt) >"$a/download.log" 2>&1 || { tail -n 3 "$a/download.log" >&2; exit 1; }
tar -xf "$a"/source/libvirt_*.orig.tar.xz -C "$dir" --strip-components=2 --wildcards '*/tests/xlconfigdata' '*/tests/libxlxml2domconfigdata'
sed -n 's/^Version: *//p' "$a"/source/libvirt_*.dsc | head -n 1 > "$a/version"
mv "$a/version" "$dir/version"; rm -rf "$a"
echo "libvirt $(cat "$dir/version") is now ready in $dir"
