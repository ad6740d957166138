"""The command `pipeline`, also as `python -m pipeline`."""

import atexit
import gc
import sys

__all__ = ["main"]


def main() -> None:
    """Run it with the arguments of this process."""
    atexit.register(gc.freeze)  # a process that ends need not look through all it knows for cycles
    gc.disable()  # nor one that imports
    if "status" in sys.argv:
        from pipeline.translation.ahead import begin

        begin(sys.argv[1:])
    from pipeline.cli import main as commands

    gc.freeze()
    # Most of what a command makes has no cycles; Python's own 700 would have that looked at a thousand times.
    gc.set_threshold(10_000)
    gc.enable()
    commands(prog_name="pipeline")


if __name__ == "__main__":
    main()
