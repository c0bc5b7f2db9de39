"""The token endpoint (RFC 6749 section 3.2): one file for each grant, and a hook for more."""
