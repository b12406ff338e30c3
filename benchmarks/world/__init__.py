"""A replay world: many hosts on loopback with feeds and article pages, the same for the same seed, in a process of its own."""
