"""The command `planner`."""

from planner.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
