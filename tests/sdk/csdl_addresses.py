"""Addresses made up from $metadata: such as must be understood, and such as must be refused."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]
from hypothesis import strategies as st

EDM = "{http://docs.oasis-open.org/odata/ns/edm}"
COMPARISONS = ("eq", "ne", "gt", "ge", "lt", "le")
# Their rows live in another service and are found by FetchXML.
VIRTUAL = {"sharepointdocuments"}
VIRTUAL_TYPES = {"sharepointdocument"}
DEEPEST = 3


@dataclass(frozen=True)
class EntityType:
    """The properties of a type by their Edm type, and where its navigation properties lead."""

    properties: dict[str, str]
    singles: dict[str, str]
    collections: dict[str, str]


@dataclass(frozen=True)
class Csdl:
    """The types, and the type of each set."""

    types: dict[str, EntityType]
    sets: dict[str, str]


def plain(name: str) -> str:
    """A type's name without collection and namespace."""
    return name.removeprefix("Collection(").removesuffix(")").rpartition(".")[2]


def read_csdl(text: str) -> Csdl:
    schema = fromstring(text).find(f".//{EDM}Schema")
    assert schema is not None
    types = {str(found.get("Name")): _entity_type(found) for found in schema.findall(f"{EDM}EntityType")}
    container = schema.find(f"{EDM}EntityContainer")
    assert container is not None
    sets = {
        str(found.get("Name")): plain(str(found.get("EntityType"))) for found in container.findall(f"{EDM}EntitySet")
    }
    return Csdl(types, sets)


def _entity_type(found: Element) -> EntityType:
    ways = [
        (str(way.get("Name")), str(way.get("Type")))
        for way in found.findall(f"{EDM}NavigationProperty")
        if plain(str(way.get("Type"))) not in VIRTUAL_TYPES
    ]
    return EntityType(
        {str(one.get("Name")): str(one.get("Type")) for one in found.findall(f"{EDM}Property")},
        {name: plain(kind) for name, kind in ways if not kind.startswith("Collection(") and plain(kind) != "principal"},
        {name: plain(kind) for name, kind in ways if kind.startswith("Collection(")},
    )


LITERALS = {
    "Edm.String": st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=12).map(
        lambda text: "'" + text.replace("'", "''") + "'"
    ),
    "Edm.Int32": st.integers(-(2**31), 2**31 - 1).map(str),
    "Edm.Int64": st.integers(-(2**53), 2**53).map(str),
    "Edm.Decimal": st.decimals(-10_000_000, 10_000_000, places=2).map(lambda number: f"{number:f}"),
    "Edm.Double": st.decimals(-1_000, 1_000, places=4).map(lambda number: f"{number:f}"),
    "Edm.Boolean": st.sampled_from(["true", "false"]),
    "Edm.Guid": st.uuids().map(str),
    "Edm.DateTimeOffset": st.datetimes().map(lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")),
    "Edm.Date": st.dates().map(lambda day: day.isoformat()),
}
"""Literals of each Edm type."""


@dataclass(frozen=True)
class Addresses:
    """Strategies over one model."""

    csdl: Csdl

    def known(self, kind: str) -> list[str]:
        return [name for name, edm in self.csdl.types[kind].properties.items() if edm in LITERALS]

    def literal(self, kind: str, name: str) -> st.SearchStrategy[str]:
        return LITERALS[self.csdl.types[kind].properties[name]]

    @st.composite
    @staticmethod
    def comparison(draw: st.DrawFn, self: Addresses, kind: str, prefix: str) -> str:
        name = draw(st.sampled_from(self.known(kind)))
        edm = self.csdl.types[kind].properties[name]
        if edm == "Edm.String" and draw(st.booleans()):
            text = draw(LITERALS[edm].filter(lambda text: "%" not in text))
            return f"{draw(st.sampled_from(['contains', 'startswith', 'endswith']))}({prefix}{name},{text})"
        operators = ("eq", "ne") if edm in ("Edm.Boolean", "Edm.Guid") else COMPARISONS
        operator = draw(st.sampled_from(operators))
        value = "null" if operator in ("eq", "ne") and draw(st.booleans()) else draw(self.literal(kind, name))
        return f"{prefix}{name} {operator} {value}"

    @st.composite
    @staticmethod
    def condition(draw: st.DrawFn, self: Addresses, kind: str, prefix: str = "", depth: int = 0) -> str:
        choice = draw(st.integers(0, 6)) if depth < DEEPEST else 0
        if choice == 1:
            return f"not ({draw(self.condition(self, kind, prefix, depth + 1))})"
        if choice in (2, 3):
            left, right = (draw(self.condition(self, kind, prefix, depth + 1)) for _ in range(2))
            return f"({left}) {draw(st.sampled_from(['and', 'or']))} ({right})"
        ways = self.csdl.types[kind]
        if choice == 4 and ways.collections:
            name = draw(st.sampled_from(sorted(ways.collections)))
            variable = "xyzw"[depth]
            inner = draw(self.condition(self, ways.collections[name], f"{variable}/", depth + 1))
            return f"{prefix}{name}/{draw(st.sampled_from(['any', 'all']))}({variable}:{inner})"
        if choice == 5 and ways.singles:
            name = draw(st.sampled_from(sorted(ways.singles)))
            return str(draw(self.comparison(self, ways.singles[name], f"{prefix}{name}/")))
        return str(draw(self.comparison(self, kind, prefix)))

    @st.composite
    @staticmethod
    def select(draw: st.DrawFn, self: Addresses, kind: str) -> str:
        names = draw(st.lists(st.sampled_from(self.known(kind)), min_size=1, max_size=4, unique=True))
        return "$select=" + ",".join(names)

    @st.composite
    @staticmethod
    def expansion(draw: st.DrawFn, self: Addresses, kind: str) -> str:
        ways = self.csdl.types[kind]
        every: dict[str, str] = ways.singles | ways.collections
        name = draw(st.sampled_from(sorted(every)))
        target = every[name]
        options = [draw(self.select(self, target))]
        if name in ways.collections:
            if draw(st.booleans()):
                options.append("$filter=" + draw(self.condition(self, target, "", DEEPEST - 1)))
            if draw(st.booleans()):
                options.append("$orderby=" + draw(st.sampled_from(self.known(target))))
            if draw(st.booleans()):
                options.append(f"$top={draw(st.integers(1, 5))}")
        return f"$expand={name}({';'.join(options)})"

    @st.composite
    @staticmethod
    def valid(draw: st.DrawFn, self: Addresses) -> str:
        """An address of rows that the service must answer."""
        name = draw(st.sampled_from(sorted(set(self.csdl.sets) - VIRTUAL)))
        kind = self.csdl.sets[name]
        options = [draw(self.select(self, kind)), f"$top={draw(st.integers(0, 9))}"]
        if draw(st.integers(0, 3)):
            options.append("$filter=" + draw(self.condition(self, kind)))
        if draw(st.booleans()):
            orders = draw(st.lists(st.sampled_from(self.known(kind)), min_size=1, max_size=3, unique=True))
            options.append("$orderby=" + ",".join(f"{one} {draw(st.sampled_from(['asc', 'desc']))}" for one in orders))
        has_ways = bool(self.csdl.types[kind].singles or self.csdl.types[kind].collections)
        if has_ways and draw(st.booleans()):
            options.append(draw(self.expansion(self, kind)))
        if draw(st.booleans()):
            options.append(f"$count={draw(st.sampled_from(['true', 'false']))}")
        return f"/{name}?{'&'.join(options)}"

    @st.composite
    @staticmethod
    def wrong(draw: st.DrawFn, self: Addresses) -> str:
        """An address that is wrong in one place."""
        name = draw(st.sampled_from(sorted(set(self.csdl.sets) - VIRTUAL)))
        kind = self.csdl.sets[name]
        column = draw(st.sampled_from(self.known(kind)))
        unknown = draw(st.from_regex(r"[a-z]{3,8}_nothing", fullmatch=True))
        option = draw(
            st.sampled_from(
                [
                    f"$select={unknown}",
                    f"$select={column},{column.upper()}_X",
                    f"$filter={unknown} eq 1",
                    f"$filter={column} eq",
                    f"$filter={column} equals 1",
                    f"$filter=({column} eq null",
                    f"$filter={column} eq null)",
                    f"$filter={column} eq 'open",
                    f"$filter={column} eq null and",
                    f"$filter={column} eq null eq null and or",
                    f"$filter={unknown}(@)",
                    f"$filter={unknown}({column})",
                    f"$filter=Microsoft.Dynamics.CRM.{unknown}(PropertyName='{column}')",
                    f"$filter=Microsoft.Dynamics.CRM.In(PropertyName='{unknown}',PropertyValues=['1'])",
                    f"$filter={unknown}/any(x:x/{column} eq null)",
                    "$filter=",
                    "$filter=1",
                    "$filter='text'",
                    f"$orderby={unknown}",
                    f"$orderby={column} up",
                    f"$orderby={column} asc desc",
                    "$top=many",
                    "$top=-1",
                    "$top=1.5",
                    "$count=maybe",
                    "$skip=1",
                    "$search=x",
                    "$format=json",
                    f"${unknown}=1",
                    f"$expand={unknown}",
                    f"$expand={unknown}($select={column})",
                    f"$expand={column}",
                    "$expand=createdby($select",
                    f"$apply={unknown}",
                    f"$apply=groupby(({unknown}))",
                    f"$apply=aggregate({column} with {unknown} as x)",
                    "$select=a&$select=b",
                    f"fetchXml=<fetch><entity name='{unknown}'/></fetch>",
                    "fetchXml=<fetch>",
                    "fetchXml=",
                    f"savedQuery={unknown}",
                    f"sql=SELECT {unknown}",
                    "$skiptoken=x",
                ]
            )
        )
        return f"/{name}?{option}"
