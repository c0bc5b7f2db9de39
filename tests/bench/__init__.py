"""``make bench``: what each hot path costs, beside its floor and beside a peer, measured in one run."""
