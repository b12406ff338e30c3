"""One or two lines a command to learn it by, shown at the end of its --help. A test holds that each can be typed."""

from typing import Final

EXAMPLES: Final = {
    "init": ("aiwatch init", "aiwatch init ~/news"),
    "check": ("aiwatch check", "aiwatch check --online"),
    "fetch": ("aiwatch fetch", "aiwatch fetch 'OpenAI News' --no-send", "aiwatch fetch --baseline"),
    "watch": ("aiwatch watch", "aiwatch watch --web 127.0.0.1:8765"),
    "digest": ("aiwatch digest morning", "aiwatch digest --since 7d --format html -o week.html"),
    "stories": ("aiwatch stories --topic sora --since 2d",),
    "story": ("aiwatch story 17", "aiwatch story split 17 203", "aiwatch story merge 17 21"),
    "search": (
        "aiwatch search 'disney -lawsuit' --since 30d",
        "aiwatch search '\"kingdom hearts\"'",
    ),
    "explain": ("aiwatch explain https://example.org/article", "aiwatch explain 203"),
    "topics": (
        "aiwatch topics list",
        "aiwatch topics test sora --since 30d",
        "aiwatch topics suggest",
    ),
    "alerts": ("aiwatch alerts list", "aiwatch alerts pause morning --until 2026-12-27"),
    "sources": ("aiwatch sources list", "aiwatch sources add openai.com", "aiwatch sources export"),
    "channels": ("aiwatch channels list", "aiwatch channels test inbox"),
    "outbox": ("aiwatch outbox list", "aiwatch outbox retry"),
    "import": ("aiwatch import articles.jsonl",),
    "export": ("aiwatch export articles --since 30d", "aiwatch export stories --format csv"),
    "extract": ("aiwatch extract https://example.org/article --why",),
    "doctor": ("aiwatch doctor",),
    "stats": ("aiwatch stats --json",),
    "backup": ("aiwatch backup /backups/aiwatch.db",),
    "restore": ("aiwatch restore /backups/aiwatch.db", "aiwatch alerts resume"),
    "prune": ("aiwatch prune --dry-run",),
    "serve": ("aiwatch serve", "aiwatch serve 0.0.0.0:8765"),
    "completion": (
        "aiwatch completion bash > ~/.local/share/bash-completion/completions/aiwatch",
        "aiwatch completion fish > ~/.config/fish/completions/aiwatch.fish",
    ),
    "demo": ("aiwatch demo", "aiwatch demo --again"),
}


def epilog(name: str) -> str:
    """The examples as click shows them: a line each, unwrapped."""
    lines = EXAMPLES.get(name, ())
    return "\n".join(("\b", "Try:", *(f"  {line}" for line in lines))) if lines else ""
