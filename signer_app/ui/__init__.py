"""The window (docs/ui.md). Services are blocking and run in one worker thread; only this room knows Qt.

qt.py, loop.py   the binding and the event loop, each imported in one place
worker.py        the thread in which services run, one call at a time
session.py       the open workspace, or that there is none: what pages ask and what locks them
theme/           colours, sizes, type, icons, and the one style sheet
widgets/         the parts that pages are made of
shell/           the main window: header, navigation, pages, menus, status
pages/           one folder or module a page
first_run/       practise now, or set up for real
signing/         the signing dialog, step by step
halting/         halt, resume and override
notices/         what the desktop is asked to show while nobody looks
words/           every word that is shown: what a translation has to hold
"""
