"""Digests: what is told to one reader, composed from stories, then given its forms. Pure functions."""
