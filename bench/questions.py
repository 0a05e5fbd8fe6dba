"""The same questions to the local tenant, in OData or FetchXML, and to Datasette."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

ROOT = "/api/data/v9.2"
ACCOUNTS, LOCATIONS = f"{ROOT}/accounts", f"{ROOT}/sharepointdocumentlocations"
ANNOTATED = {"Prefer": 'odata.include-annotations="*"'}
PAGE = {"Prefer": 'odata.include-annotations="*",odata.maxpagesize=50'}
FOLDER = "5ca1e002-0000-4000-8000-000000000003"
# A part of a name that a few dozen of a million have.
RARE, RARE_ACCENTED = "carter-reid lo", "rivière systems ge"
BELOW = f"_parentsiteorlocation_value%20eq%20{FOLDER}"
FETCH = (
    '<fetch count="50"><entity name="sharepointdocumentlocation"><attribute name="name"/>'
    '<attribute name="relativeurl"/><filter>'
    f'<condition attribute="parentsiteorlocation" operator="eq" value="{FOLDER}"/></filter></entity></fetch>'
)

Ours = Callable[[int], tuple[str, dict[str, str]]]


@dataclass(frozen=True)
class Question:
    """`ours` and `theirs` give the address for the n-th time of asking."""

    name: str
    ours: Ours
    theirs: Callable[[int], str]


def _list(name: str, ours: str, theirs: str) -> Question:
    return Question(name, lambda _: (ours, PAGE), lambda _: theirs)


def _account_id(number: int) -> str:
    return f"5ca1e000-0000-4000-8000-{number:012x}"


def _location_id(number: int) -> str:
    return f"5ca1e001-0000-4000-8000-{number:012x}"


QUESTIONS = (
    Question(
        "location by key",
        lambda number: (f"{LOCATIONS}({_location_id(number)})", ANNOTATED),
        lambda number: f"/rows/sharepointdocumentlocation/{_location_id(number)}.json?_shape=objects",
    ),
    Question(
        "account by key",
        lambda number: (f"{ACCOUNTS}({_account_id(number)})", ANNOTATED),
        lambda number: f"/rows/account/{_account_id(number)}.json?_shape=objects",
    ),
    _list(
        "page of 50 by index, all columns",
        f"{LOCATIONS}?$filter={BELOW}",
        f"/rows/sharepointdocumentlocation.json?parentsiteorlocation={FOLDER}&_size=50&_shape=objects",
    ),
    _list(
        "page of 50 by index, 5 columns",
        f"{LOCATIONS}?$select=name,relativeurl,_regardingobjectid_value,statecode,modifiedon&$filter={BELOW}",
        f"/rows/sharepointdocumentlocation.json?parentsiteorlocation={FOLDER}&_size=50&_shape=objects"
        "&_col=name&_col=relativeurl&_col=regardingobjectid&_col=statecode&_col=modifiedon",
    ),
    _list(
        "contains",
        f"{ACCOUNTS}?$select=name,accountnumber&$filter=contains(name,'{quote(RARE)}')",
        f"/rows/account.json?name__contains={quote(RARE)}&_size=50&_shape=objects&_col=name&_col=accountnumber",
    ),
    _list(
        "contains, with accents, in order",
        f"{ACCOUNTS}?$select=name,accountnumber&$filter=contains(name,'{quote(RARE_ACCENTED)}')&$orderby=name",
        f"/rows/account.json?name__contains={quote(RARE_ACCENTED)}&_size=50&_sort=name&_shape=objects"
        "&_col=name&_col=accountnumber",
    ),
    _list(
        "orderby, top 50",
        f"{ACCOUNTS}?$select=name,accountnumber&$orderby=name&$top=50",
        "/rows/account.json?_sort=name__fold&_size=50&_shape=objects&_col=name&_col=accountnumber",
    ),
    Question(
        "count",
        lambda _: (f"{LOCATIONS}/$count?$filter={BELOW}", {}),
        lambda _: f"/rows/sharepointdocumentlocation.json?parentsiteorlocation={FOLDER}&_size=0&_shape=objects",
    ),
    _list(
        "page of 50 with an expanded lookup",
        f"{LOCATIONS}?$select=name&$expand=regardingobjectid_account($select=name,accountnumber)&$filter={BELOW}",
        f"/rows/sharepointdocumentlocation.json?parentsiteorlocation={FOLDER}&_size=50&_shape=objects&_col=name",
    ),
    Question(
        "page of 50 by FetchXML",
        lambda _: (f"{LOCATIONS}?fetchXml={quote(FETCH)}", ANNOTATED),
        lambda _: f"/rows/sharepointdocumentlocation.json?parentsiteorlocation={FOLDER}&_size=50&_shape=objects"
        "&_col=name&_col=relativeurl",
    ),
)  # fmt: skip

# What the product asks for the three causes of 800503ca, as its Dataverse adapter writes it.
READINESS = {
    "active sites": f"{ROOT}/sharepointsites?$select=sharepointsiteid,name,absoluteurl,isdefault,servicetype,"
    "validationstatus&$filter=statecode%20eq%200&$orderby=isdefault%20desc,name&$top=50&$count=true",
    "absolute locations": f"{ROOT}/sharepointdocumentlocations?$select=sharepointdocumentlocationid,name,absoluteurl"
    "&$filter=absoluteurl%20ne%20null&$orderby=name&$top=50&$count=true",
    "organization": f"{ROOT}/organizations?$select=isonedriveenabled,sharepointdeploymenttype",
}
