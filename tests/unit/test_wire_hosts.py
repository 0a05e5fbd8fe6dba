"""Which addresses may be called. The corpus is that of the threat model, T6."""

from __future__ import annotations

import pytest

from liaison.errors import UpstreamSurprise
from liaison.wire.addresses import fill_path
from liaison.wire.hosts import AllowedHosts, check_address, is_public, is_same_origin, origin_of

pytestmark = pytest.mark.anyio

HOSTS = {
    "graph": AllowedHosts(frozenset({"https://graph.example.com", "http://localhost:8301"})),
    "upload": AllowedHosts(frozenset(), (".sharepoint.example",)),
}

FOREIGN = [
    "http://127.0.0.1/",
    "http://127.0.0.1:8301/",
    "http://[::1]:8301/",
    "http://2130706433:8301/",
    "http://0x7f.1:8301/",
    "http://169.254.169.254/latest/meta-data",
    "http://[::ffff:169.254.169.254]/",
    "https://graph.example.com:444/",
    "http://graph.example.com/",
    "https://graph.example.com.evil.example/",
    "https://graph.example.com@evil.example/",
    "https://user:pass@graph.example.com/",
    "https://evil.example/#https://graph.example.com",
    "https://evil.example/\\graph.example.com",
    "//graph.example.com/v1.0",
    "ftp://graph.example.com/",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "https://",
    "",
    "not an address",
]


@pytest.mark.parametrize("address", FOREIGN)
async def test_an_address_that_is_not_named_is_refused(address: str) -> None:
    for purpose in ("graph", "upload", "unknown"):
        with pytest.raises(UpstreamSurprise):
            await check_address("graph", purpose, address, HOSTS)


async def test_a_named_origin_is_allowed_in_any_spelling_of_its_name() -> None:
    target = await check_address("graph", "graph", "https://GRAPH.example.com:443/v1.0/me", HOSTS)
    assert target.origin == "https://graph.example.com"
    assert target.pinned == ""


@pytest.mark.parametrize(
    "address",
    [
        "http://contoso.sharepoint.example/up",
        "https://contoso.sharepoint.example:8443/up",
        "https://sharepoint.example/up",
        "https://notsharepoint.example/up",
        "https://contoso.sharepoint.example.evil.example/up",
    ],
)
async def test_a_suffix_allows_only_https_below_it(address: str) -> None:
    with pytest.raises(UpstreamSurprise):
        await check_address("graph", "upload", address, HOSTS)


async def test_a_name_that_resolves_to_this_machine_is_refused() -> None:
    hosts = {"upload": AllowedHosts(frozenset(), (".0.0.1", "localhost"))}
    with pytest.raises(UpstreamSurprise):
        await check_address("graph", "upload", "https://127.0.0.1/up", hosts)


async def test_names_below_localhost_are_loopback() -> None:
    hosts = {"dataverse": AllowedHosts(frozenset({"http://contoso-sales.localhost:8301"}))}
    target = await check_address("dataverse", "dataverse", "http://contoso-sales.localhost:8301/api", hosts)
    assert target.pinned == "127.0.0.1"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254", "0.0.0.1", "100.64.0.1", "224.0.0.1",
        "::1", "::", "fe80::1", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "ff02::1",
        "not an address",
    ],
)  # fmt: skip
def test_private_network_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["20.190.128.1", "2603:1027::1", "::ffff:20.190.128.1"])
def test_public_network_addresses_are_public(address: str) -> None:
    assert is_public(address)


def test_origins_are_compared_with_their_default_ports() -> None:
    assert origin_of("https://h/x?y") == "https://h"
    assert is_same_origin("https://h:443/a", "https://H/b")
    assert not is_same_origin("http://h/a", "https://h/b")
    assert not is_same_origin("", "")


def test_an_id_cannot_leave_its_segment_nor_a_value_its_option() -> None:
    path = fill_path("/teams/{team}/x", {"team": "../../me?a=b#c"}, {"$filter": "a eq 'b&$top=1#'", "q": "+ "})
    assert path == "/teams/..%2F..%2Fme%3Fa%3Db%23c/x?$filter=a%20eq%20'b%26$top%3D1%23'&q=%2B%20"
