"""What commands do with boot traces: replay them, tell what they hold, judge policies."""
