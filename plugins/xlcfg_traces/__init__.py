"""Readers of recordings that other tools make: xentrace, Linux ftrace, Xen's console."""
