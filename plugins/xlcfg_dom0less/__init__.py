"""dom0less: guests that Xen on Arm starts itself, from the device tree."""
