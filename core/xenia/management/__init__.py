"""What the management API can do, declared by whoever owns the things. The plugin ``api`` serves it; without it nothing here is reached."""
