"""The front door: parse arguments, print, exit code."""


def main() -> None:
    """Run the command line."""
