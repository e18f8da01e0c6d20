"""libvirt: reads and writes domain XML of type xen."""
