"""`liaison` and `python -m liaison`."""

from __future__ import annotations


def main() -> None:
    """Run the command line."""
    from liaison.cli.app import main as run  # noqa: PLC0415 - importing this module must cost nothing

    run()


if __name__ == "__main__":
    main()
