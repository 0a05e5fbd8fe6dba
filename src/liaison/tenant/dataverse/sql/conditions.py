"""`$filter` as SQL: comparisons, functions, paths through lookups, lambda over collections.

A negation is pushed down to the comparisons, where the service has its opposite operators.
"""

# ruff: noqa: S608 - names come from table definitions, never from a request; every value is bound.
from __future__ import annotations

from collections.abc import Mapping, Sequence

from liaison.tenant.dataverse.errors import query_error, unknown_property
from liaison.tenant.dataverse.odata.nodes import (
    Alias,
    Call,
    Compare,
    Conjunction,
    Disjunction,
    Expression,
    Lambda,
    Listed,
    Literal,
    LiteralKind,
    Not,
    Path,
)
from liaison.tenant.dataverse.sql.operators import compare, negated, operate, opposite
from liaison.tenant.dataverse.sql.scope import Place, Scope
from liaison.tenant.dataverse.sql.values import from_literal
from liaison.tenant.estate.crm.columns import TEXTS, type_name
from liaison.tenant.estate.crm.model import ByIntersect, Collection, TableModel, sql_name
from liaison.tenant.estate.crm.rights import Clause
from liaison.tenant.estate.crm.tables import Flag

_CRM = "Microsoft.Dynamics.CRM."
_SEARCHES = {"contains": "contains", "startswith": "begins-with", "endswith": "ends-with"}
_NEGATIVE_SEARCHES = {"contains": "not-contains", "begins-with": "not-begin-with", "ends-with": "not-end-with"}
_SIGNS = {"eq": "=", "ne": "<>", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
_NULL = Literal(LiteralKind.NULL, None)
_MANY_TERMS = 8

# Query functions whose operator isn't their name with hyphens.
_FUNCTIONS = {
    "EqualUserId": "eq-userid",
    "NotEqualUserId": "ne-userid",
    "EqualBusinessId": "eq-businessid",
    "NotEqualBusinessId": "ne-businessid",
    "EqualUserTeams": "eq-userteams",
    "EqualUserOrUserTeams": "eq-useroruserteams",
    "EqualUserOrUserHierarchy": "eq-useroruserhierarchy",
    "EqualUserOrUserHierarchyAndTeams": "eq-useroruserhierarchyandteams",
    "EqualUserLanguage": "eq-userlanguage",
    "Above": "above",
    "AboveOrEqual": "eq-or-above",
    "Under": "under",
    "UnderOrEqual": "eq-or-under",
    "NotUnder": "not-under",
    "ContainValues": "contain-values",
    "DoesNotContainValues": "not-contain-values",
    "In": "in",
    "NotIn": "not-in",
    "Between": "between",
    "NotBetween": "not-between",
    "On": "on",
    "NotOn": "not-on",
    "OnOrAfter": "on-or-after",
    "OnOrBefore": "on-or-before",
    "Today": "today",
    "Yesterday": "yesterday",
    "Tomorrow": "tomorrow",
    "Last7Days": "last-seven-days",
    "Next7Days": "next-seven-days",
    "InFiscalYear": "in-fiscal-year",
    "InFiscalPeriod": "in-fiscal-period",
    "InOrAfterFiscalPeriodAndYear": "in-or-after-fiscal-period-and-year",
    "InOrBeforeFiscalPeriodAndYear": "in-or-before-fiscal-period-and-year",
    "InFiscalPeriodAndYear": "in-fiscal-period-and-year",
    **{f"{side}{unit}": f"{side.lower()}-{unit.lower()}"
       for side in ("This", "Last", "Next") for unit in ("Week", "Month", "Year")},
    **{f"{side}Fiscal{unit}": f"{side.lower()}-fiscal-{unit.lower()}"
       for side in ("This", "Last", "Next") for unit in ("Year", "Period")},
    **{f"{side}X{unit}": f"{side.lower()}-x-{unit.lower()}"
       for side in ("Last", "Next", "OlderThan") for unit in ("Minutes", "Hours", "Days", "Weeks", "Months", "Years")},
    **{f"{side}XFiscal{unit}": f"{side.lower()}-x-fiscal-{unit.lower()}"
       for side in ("Last", "Next") for unit in ("Years", "Periods")},
}  # fmt: skip


class ConditionWriter:
    """Writes one condition over one table; `aliases` are the request's parameters."""

    def __init__(self, scope: Scope, table: TableModel, alias: str, aliases: Mapping[str, Expression]) -> None:
        self._scope = scope
        self._table = table
        self._alias = alias
        self._aliases = aliases
        self._ranges: dict[str, tuple[Scope, TableModel, str]] = {}

    def write(self, node: Expression, negative: bool = False) -> Clause:
        if isinstance(node, Conjunction | Disjunction):
            return self._joined(node, negative)
        if isinstance(node, Not):
            return self._not(node.term, negative)
        if isinstance(node, Compare):
            return self._compare(node, negative)
        if isinstance(node, Call):
            return self._call(node, negative)
        if isinstance(node, Lambda):
            return self._lambda(node, negative)
        if isinstance(node, Literal) and node.kind is LiteralKind.BOOLEAN:
            return Clause("1" if bool(node.value) != negative else "0")
        if isinstance(node, Path):
            return self._truth(node, negative)
        raise query_error("The $filter expression must evaluate to a single boolean value.")

    def _joined(self, node: Conjunction | Disjunction, negative: bool) -> Clause:
        terms = node.terms
        if isinstance(node, Disjunction) and not negative and len(terms) >= _MANY_TERMS:
            listed, terms = self._listed(terms)
            parts = [*listed, *(self.write(term, negative) for term in terms)]
        else:
            parts = [self.write(term, negative) for term in terms]
        word = " AND " if isinstance(node, Conjunction) != negative else " OR "
        values = tuple(value for part in parts for value in part.values)
        return Clause(f"({word.join(part.sql for part in parts)})", values)

    def _listed(self, terms: Sequence[Expression]) -> tuple[list[Clause], tuple[Expression, ...]]:
        """Many terms that ask one column for a value become one list, which the database answers at once; returns the
        lists and the other terms."""
        by_path: dict[tuple[str, ...], list[Clause]] = {}
        others: list[Expression] = []
        for term in terms:
            match term:
                case Compare("eq", Path(segments), Literal(kind)) if kind is not LiteralKind.NULL:
                    by_path.setdefault(segments, []).append(self.write(term))
                case _:
                    others.append(term)
        found = []
        for path, clauses in by_path.items():
            marks = ", ".join("?" * len(clauses))
            values = tuple(value for clause in clauses for value in clause.values)
            found.append(Clause(f"{self._place(Path(path)).compared} IN ({marks})", values))
        return found, tuple(others)

    def _not(self, term: Expression, negative: bool) -> Clause:
        if isinstance(term, Path | Literal):
            self._refuse_not(term)
        return self.write(term, not negative)

    def _refuse_not(self, term: Path | Literal) -> None:
        found = term.kind.value if isinstance(term, Literal) else None
        if isinstance(term, Path):
            place = self._place(term)
            if place.column.kind.value == "Boolean":
                return
            found = f"Edm.{'String' if place.column.kind in TEXTS else 'Int32'}"
        if found != "Edm.Boolean":
            raise query_error(
                "A unary operator with an incompatible type was detected. Found operand type"
                f" '{found}' for operator kind 'Not'."
            )

    def _truth(self, path: Path, negative: bool) -> Clause:
        place = self._place(path)
        if place.column.kind.value != "Boolean":
            raise query_error("The $filter expression must evaluate to a single boolean value.")
        return compare(place, "eq", 0 if negative else 1)

    def _place(self, path: Path) -> Place:
        scope, table, alias, segments = self._range(path.segments)
        return scope.place(table, alias, segments)

    def _range(self, segments: tuple[str, ...]) -> tuple[Scope, TableModel, str, tuple[str, ...]]:
        """The rows a path begins from: within a lambda, those of the variable it names."""
        found = self._ranges.get(segments[0])
        if found is not None and len(segments) > 1:
            return (*found, segments[1:])
        if self._ranges:
            raise unknown_property(segments[0], self._table.name)
        return self._scope, self._table, self._alias, segments

    def _value(self, node: Expression) -> Expression:
        return self._aliases.get(node.name, _NULL) if isinstance(node, Alias) else node

    def _compare(self, node: Compare, negative: bool) -> Clause:
        operator = opposite(node.operator) if negative else node.operator
        left, right = self._value(node.left), self._value(node.right)
        if isinstance(left, Literal) and isinstance(right, Path):
            left, right = right, left
            operator = {"gt": "lt", "ge": "le", "lt": "gt", "le": "ge"}.get(operator, operator)
        if isinstance(left, Call) and isinstance(right, Literal) and right.kind is LiteralKind.BOOLEAN:
            holds = bool(right.value) == (operator == "eq")
            return self._call(left, not holds)
        if isinstance(left, Not) and isinstance(left.term, Path | Literal):
            self._refuse_not(left.term)
        if not isinstance(left, Path):
            raise query_error("A comparison needs a property on one side.")
        place = self._place(left)
        if isinstance(right, Path):
            return self._columns(place, operator, self._place(right))
        if not isinstance(right, Literal):
            raise query_error(f"The value compared with '{left.text}' cannot be read.")
        return compare(place, operator, from_literal(place.column, right, operator))

    def _columns(self, left: Place, operator: str, right: Place) -> Clause:
        if left.folded != right.folded:
            return Clause(f"{left.shown} {_SIGNS[operator]} {right.shown} COLLATE NOCASE")
        return Clause(f"{left.compared} {_SIGNS[operator]} {right.compared}")

    def _call(self, node: Call, negative: bool) -> Clause:
        if node.name.startswith(_CRM):
            clause = self._crm_function(node)
            return negated(clause) if negative else clause
        operator = _SEARCHES.get(node.name)
        if operator is None:
            raise query_error(f"An unknown function with name '{node.name}' was found. This may also be a function"
                              " import or a key lookup on a navigation property, which is not allowed.")  # fmt: skip
        if len(node.arguments) != 2:
            raise query_error(f"No function signature for the function with name '{node.name}' matches the specified"
                              " arguments.")  # fmt: skip
        path, sought = node.arguments[0], self._value(node.arguments[1])
        if not isinstance(path, Path) or not isinstance(sought, Literal) or sought.kind is not LiteralKind.TEXT:
            raise query_error(f"No function signature for the function with name '{node.name}' matches the specified"
                              f" arguments. The function signatures considered are: {node.name}(Edm.String"
                              " Nullable=true, Edm.String Nullable=true).")  # fmt: skip
        place = self._place(path)
        if place.column.kind not in TEXTS:
            raise query_error(f"No function signature for the function with name '{node.name}' matches the specified"
                              f" arguments. The function signatures considered are: {node.name}(Edm.String"
                              " Nullable=true, Edm.String Nullable=true).")  # fmt: skip
        chosen = _NEGATIVE_SEARCHES[operator] if negative else operator
        return operate(self._scope, chosen, place, [sought.text])

    def _crm_function(self, node: Call) -> Clause:
        name = node.name.removeprefix(_CRM)
        operator = _FUNCTIONS.get(name)
        if operator is None:
            raise query_error(f"An unknown function with name '{node.name}' was found. This may also be a function"
                              " import or a key lookup on a navigation property, which is not allowed.")  # fmt: skip
        column = self._value(node.argument("PropertyName") or _NULL)
        if not isinstance(column, Literal) or column.kind is not LiteralKind.TEXT:
            raise query_error(f"The function '{node.name}' needs the parameter 'PropertyName'.")
        segments = tuple(column.text.split("/"))
        return operate(self._scope, operator, self._function_place(segments), self._function_values(node))

    def _function_place(self, segments: tuple[str, ...]) -> Place:
        """Query functions name a lookup by its logical name; within a lambda the variable may be left out."""
        scope, table, alias = self._scope, self._table, self._alias
        if segments[0] in self._ranges and len(segments) > 1:
            scope, table, alias = self._ranges[segments[0]]
            segments = segments[1:]
        for segment in segments[:-1]:
            table, alias = scope.through(table, alias, segment)
        column = table.by_name.get(segments[-1]) or table.by_wire.get(segments[-1])
        if column is None:
            raise unknown_property(segments[-1], table.name)
        return Place(column, table, alias, self._scope.user.language)

    def _function_values(self, node: Call) -> list[str]:
        found: list[str] = []
        for name, given in node.named:
            if name == "PropertyName":
                continue
            value = self._value(given)
            items = value.items if isinstance(value, Listed) else (value,)
            found.extend(item.text for item in items if isinstance(item, Literal) and item.value is not None)
        return found

    def _lambda(self, node: Lambda, negative: bool) -> Clause:
        _, table, alias, segments = self._range(node.collection.segments)
        if len(segments) != 1:
            raise query_error("A lambda expression cannot follow a single-valued navigation property.")
        collection = table.collections.get(segments[0])
        if collection is None:
            raise unknown_property(segments[0], table.name)
        if node.variable in self._ranges:
            raise query_error(
                f"The range variable '{node.variable}' has already been declared. Names of range variables must be"
                " unique."
            )
        clause = self._exists(table, alias, collection, node)
        positive = (node.quantifier == "any") != negative
        return Clause(f"{'' if positive else 'NOT '}EXISTS ({clause.sql})", clause.values)

    def _exists(self, table: TableModel, parent: str, collection: Collection, node: Lambda) -> Clause:
        """`any` asks for a row that fulfils the condition, `all` for none that fails it."""
        scope = self._scope.inner()
        child = self._scope.model.tables[collection.table]
        alias = scope.new_alias()
        source, joined = collection_source(collection, child, alias, f"{parent}.{table.key}", table.name,
                                           scope.new_alias())  # fmt: skip
        parts = [joined]
        values: list[object] = []
        seen = scope.readable(child, alias)
        if seen.sql:
            parts.append(seen.sql)
            values.extend(seen.values)
        if node.condition is not None and node.variable is not None:
            writer = ConditionWriter(scope, child, alias, self._aliases)
            writer._ranges = {**self._ranges, node.variable: (scope, child, alias)}
            inner = writer.write(node.condition, negative=node.quantifier == "all")
            parts.append(inner.sql)
            values.extend(inner.values)
        self._scope.timed |= scope.timed
        joins = " ".join(scope.joins)
        return Clause(f"SELECT 1 FROM {source} {joins} WHERE {' AND '.join(parts)}",
                      (*scope.join_values, *values))  # fmt: skip


def collection_source(
    collection: Collection, child: TableModel, alias: str, parent_key: str, parent: str, link_alias: str
) -> tuple[str, str]:
    """FROM and the condition that ties rows of a collection to their parent's key. Raises 400 for a virtual table,
    whose rows another service holds."""
    if child.table.has(Flag.VIRTUAL):
        raise query_error(f"The virtual table '{child.name}' cannot be joined with other tables.")
    if isinstance(collection, ByIntersect):
        intersect = sql_name(child.environment, collection.link.intersect)
        return (
            f"{intersect} {link_alias} JOIN {child.sql} {alias} ON {alias}.{child.key} = {link_alias}.{collection.far}",
            f"{link_alias}.{collection.near} = {parent_key}",
        )
    column = collection.column
    condition = f"{alias}.{column.name} = {parent_key}"
    if column.many_targets:
        condition += f" AND {alias}.{type_name(column)} = '{parent}'"
    return f"{child.sql} {alias}", condition
