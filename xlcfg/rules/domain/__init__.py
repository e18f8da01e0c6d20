"""What refuses a guest after xl has created its domain: libxl, QEMU, Xen, hotplug scripts."""
