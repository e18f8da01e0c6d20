#!/bin/sh
# setup.sh DIR [4.17] [4.20] [arm64] - whole Xen hosts, made of Debian packages alone, for QEMU to run.
# Run as root on Debian 12 amd64. Needs: apt-get install -y --no-install-recommends qemu-system-x86
# qemu-utils qemu-system-arm device-tree-compiler e2fsprogs gcc libc6-dev cpio xz-utils kmod python3
# Nothing is installed: the packages come through a private apt configuration below DIR that uses the
# mirror the system itself is configured with, and are unpacked into a disk. The pinned versions (`python3
# tests/needs.py pins RELEASE`) are taken where the mirror has them, else the newest, which is said.
# The snapshot is not made here: `python -m tests.box snapshot RELEASE`, or tests/box/run for it all.
# Exit code 1: one is not there; what stood there before stays.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
usage="usage: $0 DIR [4.17] [4.20] [arm64]"

# the mirrors of this system: every http/https/file URI of an enabled Debian archive source
mirrors() {
  { for f in /etc/apt/sources.list.d/*.sources; do [ -f "$f" ] && sed -n 's/^URIs:[[:space:]]*//p' "$f"; done
    for f in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do [ -f "$f" ] && sed -n 's/^deb[[:space:]]\{1,\}\(\[[^]]*\][[:space:]]*\)\{0,1\}\([^[:space:]]*\).*/\2/p' "$f"; done
  } | tr ' \t' '\n\n' | sed 's,/*$,,' | grep . || true
}

# fetch INTO RELEASE ARCH PACKAGE... : these packages and all that they depend on, into INTO/debs
fetch() {
  a=$1 r=$2 arch=$3; shift 3
  uris=$(mirrors)
  main=$(printf '%s\n' "$uris" | grep '/debian$' | head -n 1)
  sec=$(printf '%s\n' "$uris" | grep '/debian-security$' | head -n 1 || true)
  [ -n "$main" ] || { echo "no Debian mirror found in /etc/apt" >&2; return 1; }
  suite=$(python3 "$here/../needs.py" suite "$r"); key=/usr/share/keyrings/debian-archive-keyring.gpg
  mkdir -p "$a/lists/partial" "$a/debs/partial" "$a/state"; : > "$a/status"
  echo "deb [signed-by=$key] $main $suite main" > "$a/sources.list"
  [ -z "$sec" ] || echo "deb [signed-by=$key] $sec $suite-security main" >> "$a/sources.list"
  python3 "$here/../needs.py" pins "$r" | while IFS='=' read -r n v; do
    printf 'Package: src:%s\nPin: version %s\nPin-Priority: 1001\n\n' "$n" "$v"
  done > "$a/preferences"
  O="-o Dir::Etc::sourcelist=$a/sources.list -o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::preferences=$a/preferences -o Dir::Etc::preferencesparts=/dev/null -o Dir::State=$a/state -o Dir::State::lists=$a/lists -o Dir::State::status=$a/status -o Dir::Cache=$a -o Dir::Cache::archives=$a/debs -o Acquire::Languages=none -o APT::Architecture=$arch -o APT::Architectures=$arch -o APT::Install-Recommends=0 -o Debug::NoLocking=1 -o APT::Sandbox::User=root -o Acquire::Retries=3 -o Acquire::http::Timeout=30 -o Acquire::https::Timeout=30"
  apt-get $O -q update >"$a/update.log" 2>&1 || { tail -n 3 "$a/update.log" >&2; return 1; }
  case $arch in
    arm64) (cd "$a/debs" && apt-get $O -q download "$@") >"$a/download.log" 2>&1 ;;
    *) apt-get $O -q -y --allow-downgrades --download-only install "$@" >"$a/download.log" 2>&1 ;;
  esac || { tail -n 3 "$a/download.log" >&2; return 1; }
  for f in "$a"/debs/*.deb; do dpkg-deb -f "$f" Package Version | paste -sd' '; done | sed 's/Package: //; s/ Version: /=/' > "$a/packages.txt"
  python3 "$here/../needs.py" pins "$r" | while IFS='=' read -r n v; do
    case $n in xen) p=xen-hypervisor-$r-$arch;; qemu) p=qemu-system-xen;; linux-signed-amd64) p=linux-image-amd64;; esac
    have=$(sed -n "s/^$p=//p" "$a/packages.txt" | head -n 1)
    case $have in "" | "$v" | "$v"+b*) ;; *) echo "$r: $p=$v is not on the mirror, taking $p=$have" >&2 ;; esac
  done
}

# amd64 RELEASE: a kernel, a first-stage initrd and the root disk of a dom0, in DIR/new/RELEASE
amd64() {
  r=$1 b=$new root=$new/root
  fetch "$b" "$r" amd64 "xen-utils-$r" "xen-hypervisor-$r-amd64" xen-utils-common xenstore-utils qemu-system-xen linux-image-amd64 \
    iproute2 ovmf seabios python3 kmod util-linux mount coreutils bash dash mawk sed grep findutils procps busybox-static udev libc-bin \
    debianutils hostname perl-base base-files bridge-utils tar gzip diffutils login bsdutils
  mkdir -p "$root/usr/bin" "$root/usr/sbin" "$root/usr/lib" "$root/usr/lib64"
  for d in bin sbin lib lib64; do ln -s "usr/$d" "$root/$d"; done
  for d in "$b"/debs/*.deb; do
    case $(basename "$d") in perl_*|perl-modules*|libperl5*|iso-codes*|initramfs*|klibc*|usrmerge*|gcc-*|debconf*|cpio*) continue;; esac
    # drivers and documentation that no guest config needs are most of the size
    dpkg-deb --fsys-tarfile "$d" | tar -x --keep-directory-symlink -C "$root" --exclude='./usr/share/doc/*' --exclude='./usr/share/man/*' \
      --exclude='./usr/share/locale/*' --exclude='*/__pycache__' --exclude='*/kernel/drivers/gpu' --exclude='*/kernel/drivers/media' \
      --exclude='*/kernel/drivers/staging' --exclude='*/kernel/sound' --exclude='*/kernel/drivers/infiniband' \
      --exclude='*/kernel/drivers/net/wireless' --exclude='*/kernel/drivers/net/ethernet' --exclude='*/kernel/drivers/scsi/[a-rt-z]*'
  done
  k=$(basename "$root"/usr/lib/modules/*)
  cp "$root/boot/vmlinuz-$k" "$b/vmlinuz"
  gzip -dc "$root/boot/xen-$r-amd64.gz" > "$b/xen" 2>/dev/null || cp "$root/boot/xen-$r-amd64.gz" "$b/xen"
  for d in proc sys dev tmp img root var/log/xen var/lib/xen var/lib/xenstored etc/xen guest run; do mkdir -p "$root/$d"; done
  rm -rf "$root/var/run" "$root"/boot/*; ln -sfn /run "$root/var/run"
  ldconfig -r "$root"; chroot "$root" /usr/sbin/depmod "$k"; ln -sf mawk "$root/usr/bin/awk"
  printf 'root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534::/:/bin/false\n' > "$root/etc/passwd"
  printf 'root:x:0:\ntty:x:5:\ndisk:x:6:\nkvm:x:9:\n' > "$root/etc/group"
  echo '127.0.0.1 localhost box' > "$root/etc/hosts"
  echo 'autoballoon="off"' > "$root/etc/xen/xl.conf"
  gcc -nostdlib -static "-Wl,-T,$here/dom0/tiny.lds,--build-id=none,--no-warn-rwx-segments" -m64 -o "$root/guest/tiny" "$here/dom0/tiny.S"
  cp "$b/vmlinuz" "$root/guest/vmlinuz"; head -c 4096 /dev/zero > "$root/guest/ramdisk"
  cp "$root/etc/xen/scripts/block" "$root/etc/xen/scripts/block.real"; install -m 755 "$here/dom0/block-lean" "$root/etc/xen/scripts/block.lean"
  cp "$root/etc/xen/scripts/vif-bridge" "$root/etc/xen/scripts/vif-bridge.real"; install -m 755 "$here/dom0/vif-lean" "$root/etc/xen/scripts/vif-bridge.lean"
  install -m 755 "$here/dom0/init" "$root/usr/sbin/boxinit"; cp "$here/dom0/agent.py" "$root/usr/lib/box-agent.py"
  i=$b/initrd; mkdir -p "$i/bin" "$i/m"; cp "$root/usr/bin/busybox" "$i/bin/"; install -m 755 "$here/dom0/init-first" "$i/init"
  for m in virtio_pci virtio_blk ext4; do chroot "$root" /usr/sbin/modprobe -S "$k" --show-depends $m 2>/dev/null; done |
    awk '$1 == "insmod" && !seen[$2]++ {print $2}' | while read -r f; do
      n=$(basename "$f" .xz); echo "$n" >> "$i/mods"
      case $f in *.xz) xz -dc "$root$f" > "$i/m/$n";; *) cp "$root$f" "$i/m/$n";; esac
    done
  (cd "$i" && find . | cpio -o -H newc --quiet | gzip -1) > "$b/initrd.gz"
  mke2fs -q -F -t ext4 -O ^has_journal -d "$root" "$b/root.raw" 1400M
  qemu-img convert -O qcow2 "$b/root.raw" "$b/root.qcow2"
  # what is asked without the box: the device model and what it loads
  mkdir "$b/usr"; cp -a "$root/usr/lib" "$root/usr/libexec" "$root/usr/share" "$b/usr/"; rm -rf "$b/usr/lib/modules"
  rm -rf "$b/root.raw" "$root" "$i" "$b/debs" "$b/lists" "$b/state" "$b"/*.bin
}

# arm64: Xen 4.17 and 4.20 for arm64, and a kernel that only loops
arm64() {
  for r in 4.17 4.20; do
    b=$new/$r
    fetch "$b" "$r" arm64 "xen-hypervisor-$r-arm64"
    dpkg -x "$b"/debs/*.deb "$b/root"
    x=$(ls "$b"/root/boot/xen-"$r"-arm64* | head -n 1)
    gzip -dc "$x" > "$new/xen-$r" 2>/dev/null || cp "$x" "$new/xen-$r"
    cat "$b/packages.txt" >> "$new/packages.txt"; rm -rf "$b"
  done
}

# made_of WHAT: what decides whether something that stands there is still the right one
made_of() { cat "$0" "$here"/dom0/* | cksum; for v in 4.17 4.20; do python3 "$here/../needs.py" pins "$v"; done; }

if [ "${1-}" = --one ]; then
  new=$2/new/$3; rm -rf "$new"; mkdir -p "$new"
  case $3 in arm64) arm64;; *) amd64 "$3";; esac
  made_of > "$new/made_of.txt"; rm -rf "${2:?}/$3"; mv "$new" "$2/$3"; exit
fi
[ $# -ge 1 ] || { echo "$usage" >&2; exit 2; }
mkdir -p "$1"; dir=$(cd "$1" && pwd); shift
[ $# -ge 1 ] || set -- 4.17 4.20 arm64
case $dir in *[[:space:]]*) echo "$0: no blanks in DIR, please" >&2; exit 2;; esac
for r; do case $r in 4.17 | 4.20 | arm64) ;; *) echo "$0: unknown release $r; $usage" >&2; exit 2;; esac; done
missing=
for r; do
  if [ -e "$dir/$r/made_of.txt" ] && [ "$(made_of)" = "$(cat "$dir/$r/made_of.txt")" ]; then
    echo "$r: $(grep '^xen-hypervisor' "$dir/$r/packages.txt" | paste -sd' ') is ready in $dir/$r"
  elif sh "$0" --one "$dir" "$r"; then
    echo "$r: $(grep '^xen-hypervisor' "$dir/$r/packages.txt" | paste -sd' ') is now ready in $dir/$r"
  else
    missing="$missing $r"; echo "$0: $r is not set up, see above" >&2
  fi
done
rm -rf "$dir/new"
[ -z "$missing" ]
