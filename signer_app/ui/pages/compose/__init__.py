"""New proposal: what a person wants, beside what it would do and how it would be judged."""
