"""The relay: client → queue → registered, committed, marked → queue → next mail server."""
