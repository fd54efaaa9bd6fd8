"""The main window: frame, header, navigation, pages, menus, status; what pages get is shell/page.py."""
