"""`xlcfg` and `python -m xlcfg`."""

import sys


def main() -> int:
    """Run the command line; the exit code."""
    try:
        from xlcfg.cli import run

        return run(sys.argv[1:])
    except KeyboardInterrupt:  # before or after a command could see it
        return 130
    finally:
        import gc

        # Python ends with three searches of all objects for cycles: as long as checking a file.
        gc.freeze()


if __name__ == "__main__":
    sys.exit(main())
