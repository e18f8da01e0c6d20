"""xapi (XenServer, XCP-ng): VM records as `xe vm-param-list` prints them, or as JSON."""
