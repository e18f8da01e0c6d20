setenv xen_args 'console=dtuart dom0_mem=512M'
setenv guest 'fdt mknod /chosen ${name}; fdt set /chosen/${name} compatible "xen,domain"'
if test "${mode}" = "big"; then setenv kib 0x80000; else setenv kib 0x40000; fi
load mmc 0:1 ${fdt_addr_r} board.dtb && fdt addr ${fdt_addr_r} && fdt resize 0x1000
fdt set /chosen \#address-cells <0x2>
fdt set /chosen xen,xen-bootargs \"$xen_args\"
for name in one two; do run guest; fdt set /chosen/$name memory <0 $kib>; done
fdt set /chosen/one cpus <1> # a comment
fdt mknod /chosen/one module@0
fdt set /chosen/one/module@0 compatible "multiboot,kernel" "multiboot,module"
fdt set /chosen/one/module@0 reg <0 0x53000000 0 0x${filesize}>
fdt rm /chosen/two; setenv bytes [00 1f]
booti ${kernel_addr_r} - ${fdt_addr_r} || bootm 1
