" Keys of guest configs. Written by `python -m xlcfg.catalogue.build`.

" Nobody but xl reads these.
let g:xlcfg#keys#own = split('
      \ acpi_firmware acpi_laptop_slate acpi_s3 acpi_s4 altp2m altp2m_count altp2mhvm arm_sci
      \ bios_path_override bootloader_args bootloader_restrict bootloader_user builder cpu_weight
      \ cpuid cpus_soft device_model device_model_args device_model_args_hvm device_model_args_pv
      \ device_model_override device_model_stubdomain_override device_model_stubdomain_seclabel
      \ device_model_user device_model_version dm_restrict driver_domain dtdev e820_host extratime
      \ firmware_override gfx_passthru gic_version hdtype hvm_pirq init_seclabel iomem ioports
      \ llc_colors max_event_channels max_grant_frames max_grant_version max_maptrack_frames
      \ maxmem maxvcpus mca_caps mmio_hole ms_vm_genid msr_relaxed nestedhvm nomigrate nr_spis
      \ on_crash on_poweroff on_reboot on_soft_reset on_watchdog pci_msitranslate pci_permissive
      \ pci_power_mgmt pci_seize pvcalls pvh pvshim pvshim_cmdline pvshim_extra pvshim_path rdm
      \ rdm_mem_boundary rtc_timeoffset runstate_translation seclabel shadow_memory
      \ smbios_firmware spice_clipboard_sharing spice_image_compression spice_streaming_video
      \ spiceagent_mouse spicedisable_ticketing spicepasswd spicetls_port spiceusbredirection
      \ spicevdagent stdvga stubdomain_cmdline stubdomain_kernel stubdomain_memory
      \ stubdomain_ramdisk trap_unmapped_accesses tsc_mode usbctrl usbdev usbdevice vcpus vdispl
      \ vfb videoram vif vif2 viridian vkb vkb_device vmtrace_buf_kb vncdisplay vnclisten
      \ vncpasswd vncunused vncviewer vnuma vpmu vpt_align vsnd vtpm vuart xen_platform_pci
      \ xen_platform_pci_bar_uc xend_suspend_evtchn_compat xenstore_feature_mask xenstore_quota
      \ ')

" Other programs' files may well have these.
let g:xlcfg#keys#shared = split('
      \ acpi apic bios boot bootloader cap channel cmdline cpus device_tree disk display extra
      \ firmware hap hpet irqs kernel keymap latency localtime memory name nographic nx oos opengl
      \ p9 pae passthrough pci period pool ramdisk root sdl serial slice smbios soundhw spice
      \ spicehost spiceport sve tee timer_mode type usb usbversion uuid vendor_device vga virtio
      \ vnc xauthority
      \ ')
