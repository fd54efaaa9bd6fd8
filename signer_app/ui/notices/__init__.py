"""Desktop notices (UI.md 8).

reading.py   what they go by, read in the worker's thread
machine.py   which to show now, over plain values and the time
station.py   when it is looked, and what the window has to do with it
tray.py      where they are shown: the icon in the desktop's tray
"""
