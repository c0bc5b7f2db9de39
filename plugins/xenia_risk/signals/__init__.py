"""What can be seen of a sign-in. Each signal is a small class of its own; a first sign-in has no past, and then they say nothing."""
