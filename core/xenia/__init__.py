"""Xenia: customer identity and access management. Plugins import `xenia.api` and nothing else."""

__version__ = "0.1.0"
