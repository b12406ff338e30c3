"""Pages to read on: today by topic, stories, articles, search, sources, messages; each also as JSON and Atom.

They read the database and write nothing. No script, no build step, nothing from another origin.
"""
