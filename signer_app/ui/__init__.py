"""The window (docs/ui.md). Services are blocking and run in one worker thread; only this room knows Qt.

qt.py, loop.py   the binding and the event loop, each imported in one place
worker.py        the thread in which services run, one call at a time
session.py       the open workspace, or that there is none: what pages ask and what locks them
theme/           colours, sizes, type, icons, and the one style sheet
widgets/         the parts that pages are made of
shell/           the main window: header, navigation, pages, menus, status
strings.py       every word of the window
"""
