"""What several processes tell each other and may miss at any time: news that something changed."""
