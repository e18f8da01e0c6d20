"""What the reader refuses: pages only, `xlcfg.syntax.recover` reports them."""
