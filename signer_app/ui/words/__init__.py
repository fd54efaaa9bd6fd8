"""Every word that the window shows, and nothing but words: what a translation has to hold.

strings.py has the rules, and the words of the shell and of what all pages share; the other modules are called
as the part of the window whose words they are. Whole sentences are constants; those with values are
functions, so that a language may order and bend them as it needs. A test finds words that stand anywhere
else.
"""
