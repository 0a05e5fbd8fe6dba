"""How a command fails: one line for a person, one exit code for a script."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from liaison.cli.words import explain, say, say_kind

if TYPE_CHECKING:
    from liaison.errors import LiaisonError

OK = 0
EXIT_CODES = {400: 2, 401: 3, 403: 4, 404: 5, 405: 2, 409: 6, 413: 2, 500: 70, 502: 7, 503: 7}
"""Exit code by the error's HTTP status: 2 invalid request, 3 sign in, 4 not allowed, 5 not found,
6 conflict or not ready, 7 a service failed, 70 defect.
"""
DEFECT = 70


class Refusal(Exception):
    """A problem document that the API answered with."""

    def __init__(self, problem: Mapping[str, Any]) -> None:
        super().__init__(problem.get("code", ""))
        self.problem = problem


def exit_code(status: int) -> int:
    return EXIT_CODES.get(status, 7 if status > 500 else 2)


def tell(cause: Exception) -> int:
    """Show why a command failed; its exit code comes back."""
    import traceback
    from uuid import uuid4

    from liaison.errors import Defect, LiaisonError

    if isinstance(cause, Refusal):
        return tell_problem(cause.problem)
    if isinstance(cause, LiaisonError):
        return tell_error(cause)
    if isinstance(cause, click.ClickException):
        return tell_error(_read_usage(cause))
    traceback.print_exception(cause)
    return tell_error(Defect(uuid4().hex[:12]))


def _read_usage(cause: click.ClickException) -> LiaisonError:
    """A command line that does not fit, in our own words."""
    from liaison.errors import InputInvalid, InputMissing

    if isinstance(cause, click.NoSuchOption):
        return InputInvalid("option", cause.option_name, "help_option")
    if isinstance(cause, click.exceptions.NoSuchCommand):
        return InputInvalid("command", cause.command_name, "help_option")
    if isinstance(cause, click.BadParameter):
        name = cause.param.opts[-1] if cause.param is not None else cause.param_hint or ""
        if isinstance(cause, click.MissingParameter):
            return InputMissing(str(name))
        return InputInvalid(str(name), cause.message, "help_option")
    return InputInvalid("command", cause.format_message(), "help_option")


def tell_problem(problem: Mapping[str, Any]) -> int:
    """Show a problem document; its exit code comes back."""
    _tell(
        problem.get("title", ""),
        problem.get("detail", ""),
        problem.get("remedy", ""),
        problem.get("code", ""),
        problem.get("correlation_id", ""),
        problem.get("rows", ()),
    )
    return exit_code(int(problem.get("status", 500)))


def tell_error(error: LiaisonError) -> int:
    """Show an error that arose on this side; its exit code comes back."""
    told = explain(error.code, error.facts())
    rows = [{"kind": row.kind, "name": row.name, "detail": row.detail or row.id} for row in error.rows]
    _tell(told.title, told.message, told.remedy, error.code, "-", rows)
    return exit_code(error.status)


def _tell(
    title: str, message: str, remedy: str, code: str, correlation: str, rows: Sequence[Mapping[str, Any]]
) -> None:
    line = say("error_line", title=title, message=message, remedy=remedy, code=code, correlation=correlation)
    print(line, file=sys.stderr)
    for row in rows:
        kind, detail = say_kind(row["kind"]), row.get("detail") or row.get("id") or ""
        print(say("row_line", kind=kind, name=row["name"], detail=detail).rstrip(), file=sys.stderr)
