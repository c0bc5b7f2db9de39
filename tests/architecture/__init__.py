"""The truth about the house: what its documents promise, checked against what it does."""
