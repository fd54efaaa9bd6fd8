"""Words of single pages; those that all pages share are in ui/strings.py. The same rules hold."""
