"""The Devices page: signer keys of the policy, what is connected now, and practice devices."""
