"""`python -m server.cli`, where the command itself is not on the path."""

from server.cli import main

if __name__ == "__main__":
    main()
