"""Turns an ACE-Step v1 checkpoint into a bundle that acestep4j runs: one module per graph."""

__version__ = "0.1.0"


class ExportError(Exception):
    """What stops an export; the message is one line that names the file or tensor at fault."""
