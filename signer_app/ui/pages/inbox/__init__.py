"""The inbox: what needs a decision. reading.py asks services, words.py says what bytes do, the rest shows."""
