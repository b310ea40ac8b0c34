"""The checks of ``workbench verify``, one kind a file."""
