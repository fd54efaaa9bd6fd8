"""Signing in the window: the dialog of six steps, and how a person's gate stands before the device."""
