"""What refuses a guest after xl has created its domain: libxl, device model, hypervisor, scripts."""
