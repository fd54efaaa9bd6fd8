"""The methods of a node's API, version 1 and 2 (xrpl.org "HTTP / WebSocket APIs")."""
