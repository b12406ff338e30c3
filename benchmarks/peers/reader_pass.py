"""lemon24/reader as its documentation leads to: `python reader_pass.py FEEDS.txt DATABASE [search]`, one pass."""

import sys
from pathlib import Path

from reader import make_reader

reader = make_reader(sys.argv[2])
for url in Path(sys.argv[1]).read_text().split():
    reader.add_feed(url, exist_ok=True)
reader.update_feeds(workers=10, scheduled=False)
if "search" in sys.argv:
    reader.enable_search()
    reader.update_search()
print(reader.get_entry_counts().total)
