" Xen guest configs (xl.cfg). Written by `python -m xlcfg.catalogue.build`.
if exists("b:current_syntax")
  finish
endif

setlocal iskeyword+=_

syn match xlcfgSetting /\%(^\|;\)\s*\zs[A-Za-z_][A-Za-z0-9_.-]*\ze\s*+\?=/ contains=xlcfgKey
syn keyword xlcfgKey contained acpi acpi_firmware acpi_laptop_slate acpi_s3 acpi_s4 altp2m altp2m_count
syn keyword xlcfgKey contained altp2mhvm apic arm_sci bios bios_path_override boot bootloader
syn keyword xlcfgKey contained bootloader_args bootloader_restrict bootloader_user builder cap channel
syn keyword xlcfgKey contained cmdline cpu_weight cpuid cpus cpus_soft device_model device_model_args
syn keyword xlcfgKey contained device_model_args_hvm device_model_args_pv device_model_override
syn keyword xlcfgKey contained device_model_stubdomain_override device_model_stubdomain_seclabel
syn keyword xlcfgKey contained device_model_user device_model_version device_tree disk display dm_restrict
syn keyword xlcfgKey contained driver_domain dtdev e820_host extra extratime firmware firmware_override
syn keyword xlcfgKey contained gfx_passthru gic_version hap hdtype hpet hvm_pirq init_seclabel iomem
syn keyword xlcfgKey contained ioports irqs kernel keymap latency llc_colors localtime max_event_channels
syn keyword xlcfgKey contained max_grant_frames max_grant_version max_maptrack_frames maxmem maxvcpus
syn keyword xlcfgKey contained mca_caps memory mmio_hole ms_vm_genid msr_relaxed name nestedhvm nographic
syn keyword xlcfgKey contained nomigrate nr_spis nx on_crash on_poweroff on_reboot on_soft_reset
syn keyword xlcfgKey contained on_watchdog oos opengl p9 pae passthrough pci pci_msitranslate
syn keyword xlcfgKey contained pci_permissive pci_power_mgmt pci_seize period pool pvcalls pvh pvshim
syn keyword xlcfgKey contained pvshim_cmdline pvshim_extra pvshim_path ramdisk rdm rdm_mem_boundary root
syn keyword xlcfgKey contained rtc_timeoffset runstate_translation sdl seclabel serial shadow_memory slice
syn keyword xlcfgKey contained smbios smbios_firmware soundhw spice spice_clipboard_sharing
syn keyword xlcfgKey contained spice_image_compression spice_streaming_video spiceagent_mouse
syn keyword xlcfgKey contained spicedisable_ticketing spicehost spicepasswd spiceport spicetls_port
syn keyword xlcfgKey contained spiceusbredirection spicevdagent stdvga stubdomain_cmdline stubdomain_kernel
syn keyword xlcfgKey contained stubdomain_memory stubdomain_ramdisk sve tee timer_mode
syn keyword xlcfgKey contained trap_unmapped_accesses tsc_mode type usb usbctrl usbdev usbdevice usbversion
syn keyword xlcfgKey contained uuid vcpus vdispl vendor_device vfb vga videoram vif vif2 viridian virtio
syn keyword xlcfgKey contained vkb vkb_device vmtrace_buf_kb vnc vncdisplay vnclisten vncpasswd vncunused
syn keyword xlcfgKey contained vncviewer vnuma vpmu vpt_align vsnd vtpm vuart xauthority xen_platform_pci
syn keyword xlcfgKey contained xen_platform_pci_bar_uc xend_suspend_evtchn_compat xenstore_feature_mask
syn keyword xlcfgKey contained xenstore_quota
syn match xlcfgComment /#.*$/ contains=@Spell
syn match xlcfgNumber /-\?\<\%(0[xX]\x\+\|\d\+\)\>/
syn match xlcfgEscape contained /\\\%(x\x\{1,2}\|\o\{1,3}\|.\)/
syn match xlcfgWord contained /["',]\s*\zs\%(accel\|access\|active-disk\|auto-delete\|backend\|backend-type\|backendtype\|baseboard_asset_tag\|baseboard_location_in_chassis\|baseboard_manufacturer\|baseboard_product_name\|baseboard_serial_number\|baseboard_version\|battery_device_name\|battery_manufacturer\|bdf\|be-alloc\|bios_vendor\|bios_version\|bridge\|buffer-size\|cdrom\|channels-max\|channels-min\|colo\|colo-export\|colo-host\|colo-port\|colo_checkpoint_host\|colo_checkpoint_port\|colo_compare_notify_dev\|colo_compare_out\|colo_compare_pri_in\|colo_compare_sec_in\|colo_filter_mirror_outdev\|colo_filter_mirror_queue\|colo_filter_redirector0_indev\|colo_filter_redirector0_outdev\|colo_filter_redirector0_queue\|colo_filter_redirector1_indev\|colo_filter_redirector1_outdev\|colo_filter_redirector1_queue\|colo_filter_sec_redirector0_indev\|colo_filter_sec_redirector0_outdev\|colo_filter_sec_redirector0_queue\|colo_filter_sec_redirector1_indev\|colo_filter_sec_redirector1_outdev\|colo_filter_sec_redirector1_queue\|colo_filter_sec_rewriter0_queue\|colo_sock_compare_notify_id\|colo_sock_compare_notify_ip\|colo_sock_compare_notify_port\|colo_sock_compare_pri_in_id\|colo_sock_compare_pri_in_ip\|colo_sock_compare_pri_in_port\|colo_sock_compare_sec_in_id\|colo_sock_compare_sec_in_ip\|colo_sock_compare_sec_in_port\|colo_sock_mirror_id\|colo_sock_mirror_ip\|colo_sock_mirror_port\|colo_sock_redirector0_id\|colo_sock_redirector0_ip\|colo_sock_redirector0_port\|colo_sock_redirector1_id\|colo_sock_redirector1_ip\|colo_sock_redirector1_port\|colo_sock_redirector2_id\|colo_sock_redirector2_ip\|colo_sock_redirector2_port\|colo_sock_sec_redirector0_id\|colo_sock_sec_redirector0_ip\|colo_sock_sec_redirector0_port\|colo_sock_sec_redirector1_id\|colo_sock_sec_redirector1_ip\|colo_sock_sec_redirector1_port\|connection\|connectors\|controller\|devid\|devtype\|direct-io-safe\|discard\|display\|enclosure_asset_tag\|enclosure_manufacturer\|enclosure_serial_number\|feature-abs-pointer\|feature-disable-keyboard\|feature-disable-pointer\|feature-multi-touch\|feature-raw-pointer\|format\|forwarddev\|gatewaydev\|grant_usage\|height\|hidden-disk\|hostaddr\|hostbus\|ip\|keymap\|long-name\|mac\|max-files\|max-open-files\|max-space\|model\|msitranslate\|mtu\|multi-touch-height\|multi-touch-num-contacts\|multi-touch-width\|name\|netdev\|no-colo\|no-discard\|oem\|opengl\|path\|permissive\|pnode\|policy\|port\|ports\|power_mgmt\|rate\|rdm_policy\|sample-formats\|sample-rates\|script\|sdl\|security_model\|seize\|short-name\|size\|specification\|strategy\|system_manufacturer\|system_product_name\|system_serial_number\|system_version\|tag\|target\|transport\|trusted\|type\|unique-id\|untrusted\|uuid\|vcpus\|vdev\|vdistances\|version\|vifname\|vlan\|vnc\|vncdisplay\|vnclisten\|vncpasswd\|vncunused\|vslot\|width\|xauthority\)\ze\s*[=,"']/
syn region xlcfgString start=/"/ skip=/\\./ end=/"/ oneline contains=xlcfgEscape,xlcfgWord
syn region xlcfgString start=/'/ skip=/\\./ end=/'/ oneline contains=xlcfgEscape,xlcfgWord

hi def link xlcfgComment Comment
hi def link xlcfgKey Keyword
hi def link xlcfgSetting Identifier
hi def link xlcfgNumber Number
hi def link xlcfgString String
hi def link xlcfgEscape SpecialChar
hi def link xlcfgWord Type

let b:current_syntax = "xlcfg"
