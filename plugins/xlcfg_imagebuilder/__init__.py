"""ImageBuilder: configs from which the guests and the boot line of a dom0less host are made."""
