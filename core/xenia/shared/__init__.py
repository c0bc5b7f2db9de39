"""What several processes share and may lose at any time: news that something changed, and counts that shield."""
