"""The command `planner`."""

from planner.cli.watch import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
