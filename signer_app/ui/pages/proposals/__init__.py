"""All proposals: a list that stays quick with a hundred thousand rows."""
