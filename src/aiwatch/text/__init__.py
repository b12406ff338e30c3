"""Texts: cleaning, addresses, articles out of pages, fingerprints, tokens, languages. Pure functions."""
