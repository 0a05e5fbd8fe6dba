"""Texts, numbers, bodies and queries that break careless servers."""

from __future__ import annotations

import json

TEXTS = (
    "", " ", "O'Brien", "''", "'", '"', "'; DROP TABLE account; --", '" or ""="', "100%", "a_b", "[x] and ]", "\\",
    "a&b=c?d#e+f", ";,()", "Éléonore Ångström", "日本語", "🎉", "\t\r\n", "%27%20or%201%20eq%201", "$filter", "$1",
    "null", "true", "NaN", "-1", "0", "1e309", "9" * 400, "../../etc/passwd", "..", ".", "..%2f..%2f", "%2e%2e/",
    "%00", "\x00", "\x7f", "\ufeff", "\u202e", "con", "a" * 5_000, "é" * 3_000, "@odata.id", "root:", ":/x:", "()",
    "(())", "((", "))", "{}", "{", "[]", "<x/>", "delta(token='x')", "me", "/", "//", "http://evil.example/x",
    "19:x@thread.tacv2", "00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-00000000000g",
    "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "١٢٣", "²", "Ⅷ", "ﬀ", "İ",
)  # fmt: skip
NUMBERS = (0, -1, 1, 2**31, 2**63, 2**64, 10**40, 1e308, -1e308, 0.1, 1e-400)
SCALARS: tuple[object, ...] = (None, True, False, *NUMBERS, *TEXTS, [], {}, [[]], [{}], {"": ""}, {"id": None})
BROKEN_BODIES: tuple[bytes, ...] = (
    b"", b"{", b"}", b"[", b'{"a":', b"null", b"true", b"1", b'""', b"[]", b"{}", b"[null]", b'{"a":NaN}',
    b'{"a":1e999}',
    b"\xff\xfe{\x00}\x00", b'{"a":"\xff"}', b'{"a":"\\ud800"}', b"\x00" * 50, b"<a/>", b"a=b&c=d", b'{"a":1,"a":2}',
    b"[" * 100_000, b'{"a":' * 50_000, b"[" * 5_000 + b"]" * 5_000, b'{"a":' * 900 + b"1" + b"}" * 900,
    json.dumps({"a" * 10_000: "b" * 100_000}).encode(), json.dumps([0] * 50_000).encode(),
    b'{"value":' + b"9" * 5_000 + b"}",
)  # fmt: skip
NAMES = (
    "displayName", "name", "description", "id", "members", "@odata.type", "@odata.id", "@odata.bind", "value",
    "user@odata.bind", "template@odata.bind", "membershipType", "visibility", "roles", "folder", "file",
    "parentReference", "@microsoft.graph.conflictBehavior", "teamsApp@odata.bind", "configuration", "body", "content",
    "requests", "ids", "expirationDateTime", "changeType", "resource", "notificationUrl", "scope", "clientId",
    "principalId", "accountid", "telephone1", "revenue", "statecode", "statuscode", "primarycontactid@odata.bind",
    "ownerid@odata.bind", "Targets", "Target", "PrincipalAccess", "QuerySet", "JobName", "ParameterXml", "item",
    "deferCommit", "recipients", "hostedContents", "mentions", "attachments", "subject", "type", "link", "emails",
    "regardingobjectid_account@odata.bind", "contact_customer_accounts", "securityEnabled", "mailEnabled",
    "mailNickname", "groupTypes", "owners@odata.bind", "sharedWithTeams", "channels", "installedApps",
)  # fmt: skip
HEADERS: tuple[tuple[str, str], ...] = (
    ("Prefer", "odata.maxpagesize=0"), ("Prefer", "odata.maxpagesize=-1"), ("Prefer", "odata.maxpagesize=" + "9" * 30),
    ("Prefer", 'odata.include-annotations="*"'), ("Prefer", "return=representation"), ("Prefer", ";,=" * 500),
    ("Prefer", "odata.track-changes"), ("Prefer", "respond-async, wait=1"), ("If-Match", "*"), ("If-None-Match", "*"),
    ("If-Match", 'W/"1"'), ("If-Match", "x" * 2_000), ("If-None-Match", '"'), ("Accept", "application/xml"),
    ("Accept", "application/json;odata.metadata=full"), ("Accept", "*/*;q=" + "9" * 100),
    ("Accept-Language", "x" * 2_000), ("Accept-Language", "fr;q=nan,en"), ("ConsistencyLevel", "eventual"),
    ("ConsistencyLevel", "x"), ("Range", "bytes=9-1"), ("Range", "bytes=-0"), ("Range", "bytes=0-" + "9" * 30),
    ("Content-Range", "bytes 0-9/5"), ("Content-Range", "bytes a-b/c"), ("Content-Range", "bytes 0-" + "9" * 30 + "/*"),
    ("MSCRMCallerID", "x"), ("CallerObjectId", "00000000-0000-0000-0000-000000000000"), ("Cookie", "a=" + "b" * 4_000),
    ("Cookie", ";;;===\"\\"), ("X-HTTP-Method-Override", "DELETE"), ("client-request-id", "\x7f" * 10),
    ("client-request-id", "x" * 3_000), ("Content-Encoding", "gzip"), ("Expect", "100-continue"),
    ("Origin", "https://evil.example"), ("MSCRM.SuppressDuplicateDetection", "x"), ("Transfer-Mode", "x"),
    ("If-Modified-Since", "x"), ("SdkVersion", "x" * 1_000),
)  # fmt: skip
CONTENT_TYPES = (
    "application/json", "application/json; charset=utf-16", "text/plain", "application/xml", "", "multipart/mixed",
    "multipart/mixed; boundary=x", "multipart/form-data; boundary=y", "application/x-www-form-urlencoded",
    "application/octet-stream", "x" * 1_000, "application/zip",
)  # fmt: skip
FILTERS = (
    "name eq 'x'", "name eq", "eq eq eq", "not", "not not not name eq 'x'", "(" * 400, ")" * 50, "name eq 'x",
    "name in ('a','b')", "name in ()", "contains(name,'%_[')", "contains(name,name)", "startswith('a','b')",
    "revenue gt 1e400", "revenue eq 1.1.1", "createdon gt 99999-01-01", "createdon lt 0000-00-00T00:00:00Z",
    "accountid eq x", "accountid eq 00000000-0000-0000-0000-00000000000g", "x/any(y:y/z eq 1)", "x/all()", "any(a:a)",
    "contact_customer_accounts/any(c:contains(c/fullname,'a'))", "displayName eq '\x00'", "tolower(name) eq 'a'",
    "substring(name,99999999999999999999) eq ''", "year(createdon) eq 1", "name eq null and null", "1 eq 1", "true",
    "-1", "name add 1 eq 2", "Microsoft.Dynamics.CRM.In(PropertyName='name',PropertyValues=['a'])",
    "Microsoft.Dynamics.CRM.Between(PropertyName='revenue',PropertyValues=['1'])",
    "Microsoft.Dynamics.CRM.LastXDays(PropertyName='createdon',PropertyValue=999999999999)",
    "Microsoft.Dynamics.CRM.Nothing(PropertyName='x')", "id eq '1' or id eq '2'", "userType eq 'Member' and not(1)",
    "resourceProvisioningOptions/Any(x:x eq 'Team')", "assignedLicenses/$count ne 0", "endswith(mail,'@x')",
)  # fmt: skip
OPTIONS = (
    "$select", "$filter", "$expand", "$orderby", "$top", "$skip", "$count", "$search", "$skiptoken", "$deltatoken",
    "$apply", "$format", "$ref", "$id", "fetchXml", "savedQuery", "userQuery", "sql", "token", "@p1", "api-version",
    "$compute", "$levels", "annotations", "tag", "validationToken",
)  # fmt: skip
EXPANDS = (
    "members", "owners", "tabs", "teamsApp", "teamsAppDefinition", "children", "permissions", "thumbnails",
    "primarycontactid", "primarycontactid($select=fullname)", "contact_customer_accounts($top=99999999)",
    "contact_customer_accounts($filter=contains(fullname,''')", "parentaccountid($expand=parentaccountid)", "x", "*",
    "ownerid", "regardingobjectid", "primarycontactid(", "primarycontactid($select=)", "a($levels=max)", ",,,",
    "primarycontactid($ref)", "Account_Tasks($orderby=x)", "primarycontactid/$ref",
)  # fmt: skip
FETCHES = (
    "<fetch><entity name='account'><attribute name='name'/></entity></fetch>", "<fetch/>", "<fetch", "x", "",
    "<fetch top='-1'><entity name='account'/></fetch>", "<fetch count='99999999999'><entity name='account'/></fetch>",
    "<fetch><entity name='account'><filter><condition attribute='name' operator='eq'/></filter></entity></fetch>",
    "<fetch><entity name='account'><filter><condition attribute='x' operator='y' value='z'/></filter></entity></fetch>",
    "<fetch aggregate='true'><entity name='account'><attribute name='name' aggregate='x' alias='a'/></entity></fetch>",
    "<fetch><entity name='account'><link-entity name='contact' from='x' to='y'/></entity></fetch>",
    "<fetch page='0' paging-cookie='&lt;x'><entity name='account'/></fetch>", "<!DOCTYPE a><fetch/>",
    "<fetch><entity name='account'><order attribute='name' descending='x'/></entity></fetch>",
)  # fmt: skip
SQLS = (
    "SELECT name FROM account", "SELECT * FROM account", "DROP TABLE account", "SELECT", "SELECT name FROM account;--",
    "SELECT name FROM account WHERE name = 'O''Brien'", "SELECT name FROM account WHERE " + "(" * 500,
    "SELECT name FROM account ORDER BY name OFFSET 5 ROWS", "SELECT TOP 99999999 name FROM account",
    "SELECT a.name FROM account a JOIN contact c ON a.accountid = c.parentcustomerid", "SELECT name FROM sqlite_master",
)  # fmt: skip
APPLIES = (
    "groupby((statuscode),aggregate($count as count))", "aggregate(revenue with sum as total)", "groupby((", "filter(",
    "groupby((ownerid/fullname),aggregate(revenue with x as y))", "compute(1 as a)", "aggregate($count as $count)",
    "filter(revenue gt 5)/groupby((name))/groupby((name))", "topcount(5,revenue)",
)  # fmt: skip
