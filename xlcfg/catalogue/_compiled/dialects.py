"""Compiled from data/dialects.json by `python -m xlcfg.catalogue.build`; do not edit."""

# ruff: noqa
# fmt: off
from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

DATA: dict[str, Any] = {
    'libvirt': {'name': 'libvirt', 'description': 'Keys that libvirt writes when it converts a domain to xl.cfg.', 'guest': ({'name': 'parallel', 'kind': 'string-or-list', 'arch': 'x86', 'guest_types': ('hvm',), 'description': 'Emulated parallel port; libvirt reads and writes it, xl never does.'},)},
    'epam': {'name': 'epam', 'description': 'Keys of the xl that EPAM ships for embedded Arm boards.', 'guest': ({'name': 'dt_passthrough_nodes', 'kind': 'list-of-strings', 'arch': 'arm', 'guest_types': ('pv', 'pvh', 'hvm'), 'description': 'Host device tree nodes copied into the guest tree.'}, {'name': 'dt_compatible', 'kind': 'list-of-strings', 'arch': 'arm', 'guest_types': ('pv', 'pvh', 'hvm'), 'description': 'Compatible strings of the root node of the guest tree.'}, {'name': 'vgsx', 'kind': 'spec-list', 'arch': 'arm', 'guest_types': ('pv', 'pvh', 'hvm'), 'description': 'Virtual PowerVR GPU instances for the guest.'}, {'name': 'rproc', 'kind': 'spec-list', 'arch': 'arm', 'guest_types': ('pv', 'pvh', 'hvm'), 'description': 'Remote processors the guest may use.'}, {'name': 'scmi', 'kind': 'string', 'arch': 'arm', 'guest_types': ('pv', 'pvh', 'hvm'), 'description': 'Access of the guest to the SCMI firmware.'}, {'name': 'force_assign_without_iommu', 'kind': 'bool-long', 'arch': 'arm', 'guest_types': ('pv', 'pvh', 'hvm'), 'description': 'Passes devices through although no IOMMU guards them.'}, {'name': 'coproc', 'kind': 'list-of-strings', 'arch': 'arm', 'guest_types': ('pv', 'pvh', 'hvm'), 'description': 'Shared coprocessors the guest may use.'})},
    'gvt-g': {'name': 'gvt-g', 'description': 'Keys of the xl that Intel shipped with XenGT (GVT-g).', 'guest': ({'name': 'vgt', 'kind': 'long', 'arch': 'x86', 'guest_types': ('hvm',), 'description': 'Give the guest a virtual Intel GPU.'}, {'name': 'vgt_low_gm_sz', 'kind': 'long', 'arch': 'x86', 'guest_types': ('hvm',), 'description': 'CPU-visible graphics memory of the virtual GPU, in MiB.'}, {'name': 'vgt_high_gm_sz', 'kind': 'long', 'arch': 'x86', 'guest_types': ('hvm',), 'description': 'CPU-hidden graphics memory of the virtual GPU, in MiB.'}, {'name': 'vgt_fence_sz', 'kind': 'long', 'arch': 'x86', 'guest_types': ('hvm',), 'description': 'Fence registers of the virtual GPU.'}, {'name': 'vgt_primary', 'kind': 'long', 'arch': 'x86', 'guest_types': ('hvm',), 'description': 'Make the virtual GPU the primary display.'}, {'name': 'vgt_cap', 'kind': 'long', 'arch': 'x86', 'guest_types': ('hvm',), 'description': 'Limit of GPU time in percent.'}, {'name': 'vgt_monitor_config_file', 'kind': 'path', 'arch': 'x86', 'guest_types': ('hvm',), 'description': 'File that describes the monitors of the virtual GPU.'})},
}
