"""The generated part of docs/cli.md: every command with its arguments and options."""

from __future__ import annotations

from collections.abc import Iterator

import click

from liaison.cli.app import app


def render() -> str:
    context = click.Context(app, info_name="liaison")
    parts = ["## Before the command", "", *_parameters(app, context), ""]
    for command, below in _commands(app, context):
        parts += _entry(command, below)
    return "\n".join(parts)


def _commands(group: click.Group, context: click.Context) -> Iterator[tuple[click.Command, click.Context]]:
    """The commands of a group in its order, each followed by those below it."""
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None or command.hidden:
            continue
        below = click.Context(command, parent=context, info_name=name)
        yield command, below
        if isinstance(command, click.Group):
            yield from _commands(command, below)


def _entry(command: click.Command, context: click.Context) -> list[str]:
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    head = [f"## {context.command_path}", "", f"{command.help}", "", f"    {usage}", ""]
    return [*head, *_parameters(command, context), ""]


def _parameters(command: click.Command, context: click.Context) -> list[str]:
    records = [one.get_help_record(context) for one in command.params]
    return [f"- `{name}` {' '.join(text.split())}" for record in records if record for name, text in [record]]
