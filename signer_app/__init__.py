"""Countersign: a desktop multisig signer and treasury console."""

__version__ = "0.1.0"
