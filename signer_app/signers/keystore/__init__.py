"""The software keystore: key files, the child process that alone opens them, and the client that asks it."""
