"""What keeps the house shut: secrets, seals, hashes, limits and the guarded way out. Nothing here knows the domain."""
