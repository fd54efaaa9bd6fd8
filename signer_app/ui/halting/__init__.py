"""Halting and resuming in the window: reads.py asks services, dialogs.py asks people, banner.py lasts."""
