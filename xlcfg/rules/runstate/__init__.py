"""The runstate ABI: what guests and boot lines ask for."""
