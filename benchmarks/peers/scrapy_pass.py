"""Scrapy with feedparser and trafilatura: `python scrapy_pass.py FEEDS.txt WORDS.txt DATABASE`, one pass."""

import sqlite3
import sys
from pathlib import Path
from typing import ClassVar

import feedparser
import scrapy
import trafilatura
from scrapy.crawler import CrawlerProcess

FEEDS, WORDS = (Path(name).read_text().split("\n") for name in sys.argv[1:3])


class Shelf:
    """A pipeline that commits every hundred articles."""

    def open_spider(self):
        self.db = sqlite3.connect(sys.argv[3])
        self.db.execute("CREATE TABLE IF NOT EXISTS articles (url TEXT PRIMARY KEY, title, text)")
        self.db.execute(
            "CREATE VIRTUAL TABLE IF NOT EXISTS fts USING fts5(title, text, content='articles')"
        )
        self.db.execute("CREATE TABLE IF NOT EXISTS matches (url, word)")
        self.taken = 0

    def process_item(self, item):
        done = self.db.execute(
            "INSERT OR IGNORE INTO articles VALUES (?, ?, ?)",
            (item["url"], item["title"], item["text"]),
        )
        if done.rowcount:
            self.db.execute(
                "INSERT INTO fts (rowid, title, text) VALUES (?, ?, ?)",
                (done.lastrowid, item["title"], item["text"]),
            )
            lower = f"{item['title']} {item['text']}".lower()
            self.db.executemany(
                "INSERT INTO matches VALUES (?, ?)", [(item["url"], w) for w in WORDS if w in lower]
            )
        self.taken += 1
        if not self.taken % 100:
            self.db.commit()
        return item

    def close_spider(self):
        self.db.commit()
        self.db.close()


class News(scrapy.Spider):
    """Feeds, then the pages of their entries."""

    name = "news"
    start_urls: ClassVar = [url for url in FEEDS if url]
    custom_settings: ClassVar = {
        "LOG_LEVEL": "ERROR",
        "ITEM_PIPELINES": {Shelf: 1},
        "ROBOTSTXT_OBEY": True,
        "TELNETCONSOLE_ENABLED": False,
    }

    def parse(self, response):
        for entry in feedparser.parse(response.body).entries:
            yield response.follow(entry.link, self.article, cb_kwargs={"title": entry.title})

    def article(self, response, title):
        yield {
            "url": response.url,
            "title": title,
            "text": trafilatura.extract(response.text, url=response.url) or "",
        }


process = CrawlerProcess()
process.crawl(News)
process.start()
