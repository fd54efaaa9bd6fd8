"""Our own XRPL binary codec (xrpl.org, "Serialization Format"). It imports no SDK; only values of core/ and
JSON.

reader.py turns bytes into the JSON form, strictly; writer.py turns the JSON form into bytes; definitions.json
is the field table. A transaction counts as read only when writing it again gives the same bytes (gate.py).
"""
