"""Business rows of the CRM's seed: the same in every run, dated around the day of the seed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from liaison.tenant.seeds import crm_names as words
from liaison.tenant.seeds.company import Person, stable_guid
from liaison.tenant.seeds.crm_security import crm_people, team_id, unit_id, unit_of, user_id

Row = dict[str, Any]

_POOL = 400


@dataclass(frozen=True)
class Amounts:
    """How many rows of each table an environment gets."""

    account: int
    contact: int
    lead: int
    opportunity: int
    incident: int
    quote: int
    salesorder: int
    invoice: int
    task: int
    appointment: int
    email: int
    phonecall: int
    annotation: int
    knowledgearticle: int
    workorder: int
    visit: int


SALES = Amounts(600, 1500, 400, 800, 500, 240, 120, 100, 360, 160, 220, 80, 240, 40, 60, 60)
SERVICE = Amounts(150, 360, 40, 60, 700, 20, 10, 10, 240, 60, 160, 120, 160, 80, 160, 20)


@dataclass
class Records:
    """Makes the rows of one environment; later tables point to the keys of earlier ones.

    Owners with their stamps, and addresses, come from pools made once: rows differ, and the seed stays quick.
    """

    environment: str
    now: datetime
    currency_id: str
    random: random.Random
    ids: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        people = tuple(person for person in crm_people() if person.department in ("Sales", "Service"))
        self._midnight = self.now.replace(hour=0, minute=0, second=0, microsecond=0)
        self._people = {person.given: person for person in people}
        self._prefixes: dict[str, str] = {}
        sellers = [person for person in people if person.department == "Sales"]
        agents = [person for person in people if person.department == "Service"]
        self._selling = [self._ownership(self.random.choice(sellers), number) for number in range(_POOL)]
        self._serving = [self._ownership(self.random.choice(agents), number) for number in range(_POOL)]
        self._places = [self._place() for _ in range(_POOL)]

    def key(self, table: str, number: int) -> str:
        """A guid that only depends on the environment, the table and the number."""
        made = self.future_key(table, number)
        self.ids.setdefault(table, []).append(made)
        return made

    def future_key(self, table: str, number: int) -> str:
        """The key that a row not made yet will have."""
        prefix = self._prefixes.get(table)
        if prefix is None:
            prefix = self._prefixes[table] = stable_guid(table, self.environment)[:24]
        return f"{prefix}{number + 1:012x}"

    def pick(self, table: str) -> str:
        return self.random.choice(self.ids[table])

    def day(self, first: int, last: int) -> datetime:
        """A moment some days from today, in working hours."""
        days = first + int(self.random.random() * (last - first + 1))
        return self._midnight + timedelta(days=days, hours=8 + int(self.random.random() * 10))

    def owned(self) -> Row:
        """A seller, or now and then a team, as owner, and since when the row exists."""
        return self.random.choice(self._selling)

    def served(self) -> Row:
        """As `owned`, with an agent of the customer service."""
        return self.random.choice(self._serving)

    def owned_by(self, given: str) -> Row:
        return self._ownership(self._people[given], 1)

    def place(self) -> tuple[Row, str]:
        """An address, and a telephone number that fits it."""
        return self.random.choice(self._places)

    def _ownership(self, person: Person, number: int) -> Row:
        """One row in forty belongs to a team."""
        created = self.day(-500, -2)
        modified = min(created + timedelta(hours=self.random.randint(0, 24 * 30)), self.now)
        maker = user_id(self.environment, person)
        stamps = {
            "createdon": wire(created), "createdby": maker, "modifiedon": wire(modified), "modifiedby": maker,
        }  # fmt: skip
        if number % 40 == 0:
            team = team_id(self.environment, "key-accounts")
            return {
                **stamps, "ownerid": team, "ownerid__table": "team", "owninguser": None, "owningteam": team,
                "owningbusinessunit": unit_id(self.environment, "sales"),
            }  # fmt: skip
        return {
            **stamps, "ownerid": maker, "ownerid__table": "systemuser", "owninguser": maker, "owningteam": None,
            "owningbusinessunit": unit_of(self.environment, person),
        }  # fmt: skip

    def _place(self) -> tuple[Row, str]:
        city, code, country, dialling = self.random.choice(words.CITIES)
        street = f"{self.random.randint(1, 180)} {self.random.choice(('rue de la Paix', 'High Street', 'quai Nord'))}"
        address = {
            "address1_line1": street, "address1_city": city, "address1_postalcode": code, "address1_country": country,
        }  # fmt: skip
        return address, f"{dialling} {self.random.randint(10, 99)} {self.random.randint(10, 99)}"

    def customer(self) -> Row:
        return {"customerid": self.pick("account"), "customerid__table": "account"}

    def name(self) -> tuple[str, str]:
        if self.random.random() < 0.55:
            return self.random.choice(words.FRENCH_FIRST), self.random.choice(words.FRENCH_LAST)
        return self.random.choice(words.ENGLISH_FIRST), self.random.choice(words.ENGLISH_LAST)


def wire(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day_of(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d")


def company_name(made: Records, number: int) -> str:
    if number < len(words.COMPANIES):
        return words.COMPANIES[number]
    family = made.random.choice((*words.FRENCH_LAST, *words.ENGLISH_LAST))
    if made.random.random() < 0.5:
        return f"{made.random.choice(words.COMPANY_BEGINNINGS)} {family}"
    return f"{family} {made.random.choice(words.COMPANY_ENDINGS)}"


@cache
def _plain(text: str) -> str:
    return "".join(mark for mark in text.lower() if mark.isascii() and mark.isalnum()) or "info"


def address_of(name: str, first: str, last: str) -> str:
    """An email address from names: letters and digits only."""
    return f"{_plain(first)}.{_plain(last)}@{_plain(name)}.example"


def accounts(made: Records, count: int) -> Iterator[Row]:
    for number in range(count):
        name = company_name(made, number)
        place, telephone = made.place()
        yield {
            "accountid": made.key("account", number), "name": name, "accountnumber": f"C{number + 1:05d}",
            "telephone1": telephone, "emailaddress1": address_of(name, "contact", "info"),
            "websiteurl": f"https://www.{address_of(name, 'x', 'y').rpartition('@')[2]}", **place,
            "revenue": float(made.random.randint(4, 900) * 50_000), "numberofemployees": made.random.randint(3, 4000),
            "industrycode": made.random.choice((1, 7, 8, 12, 16, 17, 22, 25, 33, 34, 36)),
            "customertypecode": made.random.choice((3, 3, 3, 5, 8)), "creditonhold": 0, "donotemail": 0,
            "transactioncurrencyid": made.currency_id, "exchangerate": 1.0, "statecode": 0, "statuscode": 1,
            **(made.owned_by("Claire") if number == 0 else made.owned()),
        }  # fmt: skip


def contacts(made: Records, count: int) -> Iterator[Row]:
    companies = made.ids["account"]
    for number in range(count):
        first, last = made.name()
        place, telephone = made.place()
        company = companies[number] if number < len(companies) else made.pick("account")
        yield {
            "contactid": made.key("contact", number), "fullname": f"{first} {last}", "firstname": first,
            "lastname": last, "jobtitle": made.random.choice(words.JOB_TITLES), "parentcustomerid": company,
            "parentcustomerid__table": "account", "emailaddress1": address_of("mail", first, last),
            "telephone1": telephone, **place, "preferredcontactmethodcode": made.random.choice((1, 2, 3)),
            "donotemail": 0, "statecode": 0, "statuscode": 1, **made.owned(),
        }  # fmt: skip


def leads(made: Records, count: int) -> Iterator[Row]:
    for number in range(count):
        first, last = made.name()
        place, telephone = made.place()
        state, status = made.random.choice(((0, 1), (0, 2), (0, 1), (1, 3), (2, 4)))
        yield {
            "leadid": made.key("lead", number), "fullname": f"{first} {last}", "firstname": first, "lastname": last,
            "subject": made.random.choice(words.LEAD_TOPICS), "companyname": company_name(made, 1000 + number),
            "telephone1": telephone, "emailaddress1": address_of("mail", first, last), **place,
            "leadsourcecode": made.random.choice((1, 2, 4, 7, 8)), "leadqualitycode": made.random.choice((1, 2, 3)),
            "estimatedamount": float(made.random.randint(2, 80) * 1000), "statecode": state, "statuscode": status,
            "transactioncurrencyid": made.currency_id, **made.owned(),
        }  # fmt: skip


def opportunities(made: Records, count: int, names: Sequence[str]) -> Iterator[Row]:
    """The first is the deal every demonstration opens."""
    for number in range(count):
        northwind = number == 0
        company = 0 if northwind else made.random.randrange(len(names))
        deal = made.random.choice(words.DEALS).format(year=made.now.year + made.random.randint(0, 1))
        state, status = (0, 1) if northwind else made.random.choice(((0, 1), (0, 1), (0, 2), (1, 3), (2, 4), (2, 5)))
        value = 120_000.0 if northwind else float(made.random.randint(2, 240) * 500)
        closing = made.day(20, 20) if northwind else made.day(-200, -5) if state else made.day(-10, 150)
        account = made.ids["account"][company]
        yield {
            "opportunityid": made.key("opportunity", number),
            "name": "Northwind renewal" if northwind else f"{deal} – {names[company]}",
            "customerid": account, "customerid__table": "account", "parentaccountid": account,
            "estimatedvalue": value, "estimatedclosedate": day_of(closing),
            "actualvalue": value if state == 1 else None, "actualclosedate": day_of(closing) if state else None,
            "closeprobability": made.random.choice((10, 30, 50, 70, 90)),
            "opportunityratingcode": made.random.choice((1, 2, 3)), "salesstage": made.random.choice((0, 1, 2, 3)),
            "transactioncurrencyid": made.currency_id, "exchangerate": 1.0, "statecode": state, "statuscode": status,
            **(made.owned_by("Claire") if northwind else made.owned()),
        }  # fmt: skip


def incidents(made: Records, count: int) -> Iterator[Row]:
    for number in range(count):
        state, status = made.random.choice(((0, 1), (0, 1), (0, 2), (0, 3), (0, 4), (1, 5), (1, 1000), (2, 6)))
        yield {
            "incidentid": made.key("incident", number), "title": made.random.choice(words.CASES),
            "ticketnumber": f"CAS-{number + 1001:05d}", **made.customer(),
            "prioritycode": made.random.choice((1, 2, 2, 3)),
            "caseorigincode": made.random.choice((1, 2, 3)), "casetypecode": made.random.choice((1, 2, 3)),
            "isescalated": int(made.random.random() < 0.06), "statecode": state, "statuscode": status,
            **made.served(),
        }  # fmt: skip


def sales_documents(made: Records, table: str, column: str, prefix: str, count: int) -> Iterator[Row]:
    """Quotes, orders and invoices."""
    for number in range(count):
        yield {
            f"{table}id": made.key(table, number), "name": made.random.choice(words.DEALS).format(year=made.now.year),
            column: f"{prefix}-{number + 1000:05d}", **made.customer(), "opportunityid": made.pick("opportunity"),
            "totalamount": float(made.random.randint(10, 900) * 100), "transactioncurrencyid": made.currency_id,
            "statecode": 0, "statuscode": 1, **made.owned(),
        }  # fmt: skip


def activities(made: Records, table: str, texts: Sequence[str], status: int, count: int) -> Iterator[Row]:
    """Activities regarding opportunities, accounts and cases."""
    for number in range(count):
        kind = made.random.choice(("opportunity", "account", "incident"))
        start = made.day(-40, 40)
        yield {
            "activityid": made.key(table, number), "activitytypecode": table, "subject": made.random.choice(texts),
            "regardingobjectid": made.pick(kind), "regardingobjectid__table": kind, "scheduledstart": wire(start),
            "scheduledend": wire(start + timedelta(hours=1)), "prioritycode": made.random.choice((0, 1, 1, 2)),
            "statecode": 0, "statuscode": status, **(made.served() if kind == "incident" else made.owned()),
        }  # fmt: skip


def notes(made: Records, count: int) -> Iterator[Row]:
    for number in range(count):
        kind = made.random.choice(("opportunity", "account", "incident"))
        yield {
            "annotationid": made.key("annotation", number), "subject": "Note",
            "notetext": made.random.choice(words.NOTES),
            "objectid": made.pick(kind), "objectid__table": kind, "objecttypecode": kind, "isdocument": 0,
            **made.owned(),
        }  # fmt: skip


def articles(made: Records, count: int) -> Iterator[Row]:
    for number in range(count):
        title = words.ARTICLES[number % len(words.ARTICLES)]
        yield {
            "knowledgearticleid": made.key("knowledgearticle", number), "title": title,
            "articlepublicnumber": f"KA-{number + 1001:05d}", "content": f"<p>{title}</p>", "majorversionnumber": 1,
            "minorversionnumber": 0, "statecode": 3 if number % 3 else 0, "statuscode": 7 if number % 3 else 2,
            **made.served(),
        }  # fmt: skip


def work_orders(made: Records, count: int) -> Iterator[Row]:
    for number in range(count):
        account = made.pick("account")
        yield {
            "msdyn_workorderid": made.key("msdyn_workorder", number), "msdyn_name": f"{number + 1:05d}",
            "msdyn_serviceaccount": account, "msdyn_billingaccount": account,
            "msdyn_systemstatus": 690_970_000 + made.random.randint(0, 3),
            "msdyn_workordersummary": made.random.choice(words.CASES),
            "msdyn_city": made.random.choice(words.CITIES)[0],
            "statecode": 0, "statuscode": 1, **made.served(),
        }  # fmt: skip


def visits(made: Records, count: int, names: Sequence[str]) -> Iterator[Row]:
    for number in range(count):
        company = made.random.randrange(len(names))
        yield {
            "contoso_visitid": made.key("contoso_visit", number),
            "contoso_name": f"Visite {number + 1:03d} – {names[company]}"[:100],
            "contoso_accountid": made.ids["account"][company], "contoso_plannedon": wire(made.day(-60, 60)),
            "contoso_purpose": 884_110_000 + made.random.randint(0, 2), "contoso_onsite": int(number % 4 > 0),
            "statecode": 0, "statuscode": 1, **made.owned(),
        }  # fmt: skip


def catalogue_rows(made: Records, table: str, names: Sequence[str]) -> Iterator[Row]:
    """Products, competitors and campaigns: a name each, and what the table needs beside it."""
    for number, name in enumerate(names):
        row: Row = {f"{table}id": made.key(table, number), "name": name}
        if table == "product":
            row |= {"productnumber": f"P-{number + 1:04d}", "price": float(made.random.randint(5, 400) * 10),
                    "statecode": 0, "statuscode": 1, "transactioncurrencyid": made.currency_id}  # fmt: skip
        if table == "campaign":
            start = made.day(-60, 60)
            row |= {"typecode": made.random.randint(1, 5), "proposedstart": day_of(start),
                    "proposedend": day_of(start + timedelta(days=30)), "statecode": 0, "statuscode": 2,
                    **made.owned()}  # fmt: skip
        yield row
