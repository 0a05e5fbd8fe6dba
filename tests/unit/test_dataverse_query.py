"""Texts become parts of queries in one place, and never more than a text."""

from __future__ import annotations

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from liaison.dataverse.fetch import Fetch, PageMark, read_cookie, read_layout, read_page_mark
from liaison.dataverse.query import containing, contains, equals, is_name, literal, read_guid
from liaison.errors import InputInvalid, UpstreamSurprise

GUID = "00aa00aa-bb11-cc22-dd33-44ee44ee44ee"
VIEW = """<fetch version="1.0" top="10"><entity name="opportunity"><attribute name="name"/>
<filter type="and"><condition attribute="statecode" operator="eq" value="0"/></filter>
<link-entity name="account" from="accountid" to="customerid" alias="a1"><attribute name="city"/></link-entity>
</entity></fetch>"""


def _unquote(text: str) -> str:
    """What an OData parser reads: the whole text must be one literal."""
    assert text[0] == text[-1] == "'"
    inner = text[1:-1]
    assert "'" not in inner.replace("''", "")
    return inner.replace("''", "'")


@given(st.text())
def test_a_literal_is_one_literal_and_keeps_the_text(text: str) -> None:
    assert _unquote(literal(text)) == text


@pytest.mark.parametrize("text", ["O'Brien", "'", "''", "x' or 1 eq 1 or 'a' eq 'b", "zzz'' or 1=1", "a\u2019b", "%27"])
def test_quotes_do_not_end_the_literal(text: str) -> None:
    assert equals("name", text) == f"name eq '{text.replace(chr(39), chr(39) * 2)}'"
    assert _unquote(literal(text)) == text


def test_wildcards_of_the_search_text_stand_for_themselves() -> None:
    assert containing("50%_[a]") == "50[%][_][[]a]"
    assert contains("name", "50%'") == "contains(name,'50[%]''')"


@pytest.mark.parametrize("text", [GUID, GUID.upper(), f"{{{GUID}}}", f" {GUID} "])
def test_a_guid_is_read_in_every_spelling(text: str) -> None:
    assert read_guid(text) == GUID


@pytest.mark.parametrize("text", ["", "abc", f"{GUID})", f"{GUID} or 1 eq 1", "../accounts", None])
def test_what_is_no_guid_is_empty(text: str) -> None:
    assert read_guid(text) == ""


def test_a_table_name_has_no_syntax_in_it() -> None:
    assert is_name("opportunity")
    assert is_name("msdyn_workorder")
    for text in ("", "Account", "a'b", "a b", "1a", "a)", "a\n", "é", "a" * 200):
        assert not is_name(text)


_IN_XML = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
PRINTABLE = st.text(alphabet=_IN_XML, min_size=1)


@given(PRINTABLE)
def test_a_search_text_stays_a_value_in_fetchxml(text: str) -> None:
    fetch = Fetch(VIEW)
    fetch.narrow("name", text)
    root = fromstring(fetch.write())
    conditions = [(one.get("attribute"), one.get("operator"), one.get("value")) for one in root.iter("condition")]
    assert conditions == [("statecode", "eq", "0"), ("name", "like", f"%{containing(text)}%")]


@given(st.text())
def test_any_search_text_gives_a_query_that_can_be_read(text: str) -> None:
    fetch = Fetch(VIEW)
    fetch.narrow("name", text)
    assert len(list(fromstring(fetch.write()).iter("condition"))) == 2


def test_a_page_is_asked_for_without_losing_the_makers_query() -> None:
    fetch = Fetch(VIEW)
    fetch.include(("opportunityid", "name", "ownerid"))
    fetch.turn_to(PageMark(3, '<cookie page="2"><name last="a&quot;b"/></cookie>'), 25)
    root = fromstring(fetch.write())
    assert dict(root.attrib) == {
        "version": "1.0",
        "page": "3",
        "count": "25",
        "returntotalrecordcount": "true",
        "paging-cookie": '<cookie page="2"><name last="a&quot;b"/></cookie>',
    }
    assert [one.get("name") for one in root.find("entity").findall("attribute")] == ["name", "opportunityid", "ownerid"]
    assert fetch.linked_tables() == {"a1": "account"}


def test_the_paging_cookie_is_decoded_twice() -> None:
    annotation = (
        '<cookie pagenumber="2" pagingcookie="%253ccookie%2520page%253d%25221%2522%253e%253cname%2520last%253d%2522x'
        '%2522%2520%252f%253e%253c%252fcookie%253e" istracking="False" />'
    )
    assert read_cookie(annotation) == '<cookie page="1"><name last="x" /></cookie>'


def test_a_page_mark_survives_the_browser() -> None:
    mark = PageMark(2, "<cookie é/>")
    assert read_page_mark(mark.write()) == mark
    assert read_page_mark("") == PageMark()


@pytest.mark.parametrize("text", ["!", "AAAA", "W10", "WyJhIiwgImIiXQ", "WzAsICIiXQ", "é"])
def test_a_page_mark_that_is_not_ours_is_refused(text: str) -> None:
    with pytest.raises(InputInvalid):
        read_page_mark(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<fetch>",
        "<fetch/>",
        '<!DOCTYPE a [<!ENTITY b "c">]><fetch><entity name="a">&b;</entity></fetch>',
        '<!DOCTYPE a SYSTEM "http://169.254.169.254/"><fetch><entity name="a"/></fetch>',
    ],
)
def test_a_view_that_is_no_query_is_a_surprise(text: str) -> None:
    with pytest.raises(UpstreamSurprise):
        Fetch(text)


def test_hidden_columns_of_a_layout_are_left_out() -> None:
    layout = '<grid><row><cell name="name"/><cell name="x" ishidden="1"/><cell name="a1.city"/></row></grid>'
    cells = read_layout(layout)
    assert [(cell.name, cell.alias, cell.column) for cell in cells] == [("name", "", "name"), ("a1.city", "a1", "city")]
