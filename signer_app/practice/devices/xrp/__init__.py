"""The XRP app of the practice devices, version 2.4.1.

Its answers, screens and limits are those recorded from the real app (hardware.md b and h) and, where no
recording speaks, those that the app's public source states.
"""
