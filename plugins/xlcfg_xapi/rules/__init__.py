"""Rules about VM records. Their examples are texts of `xe`; `guest.origin` is the `Record`."""
