"""Values and rules that every room shares. No I/O beyond bundled resources, no ledger SDK, no Qt."""
