"""`python -m aiwatch`."""

from aiwatch.cli import main

if __name__ == "__main__":
    main()
