"""The people somebody works with, searched by the beginning of their names.

Source: Graph v1.0, api/user-list-people.md
"""

from __future__ import annotations

from liaison.tenant.estate import groups, people
from liaison.tenant.estate.people import User
from liaison.tenant.graph.access import asked_user
from liaison.tenant.graph.errors import Backend, forbidden
from liaison.tenant.graph.permissions import PEOPLE_OF_OTHERS_READ, PEOPLE_READ
from liaison.tenant.graph.requests import Ask
from liaison.tenant.graph.responses import Answer, Json
from liaison.tenant.graph.schema import PERSON
from liaison.tenant.graph.shapes import collection, filtered, page, selected
from liaison.tenant.graph.table import operations

_PAGE = 10


def list_people(ask: Ask) -> Answer:
    """`GET /me/people`, `/users/{user}/people`: those of one's groups first; `$search` goes over everybody."""
    user = asked_user(ask)
    if ask.is_delegated and user.id != ask.caller.object_id and not PEOPLE_OF_OTHERS_READ.allows(ask.caller):
        raise forbidden(Backend.DIRECTORY)
    text = ask.options.get("search")
    found = _near(ask, user) if text is None else _searched(ask, text)
    bodies = filtered(ask, [_person(one, place) for place, one in enumerate(found) if one.id != user.id])
    part, following = page(ask, bodies, _PAGE, 1000)
    values = [selected(ask, body, PERSON, "person") for body in part]
    return Answer(body=collection(ask.context(f"users('{user.id}')/people"), values, next_page=following))


def _near(ask: Ask, user: User) -> list[User]:
    """The people of somebody's groups, each once."""
    ids: dict[str, None] = {}
    for group in groups.list_groups_of(ask.estate, user.id):
        ids.update(dict.fromkeys(groups.list_people(ask.estate, group.id, "members")))
    return [one for user_id in ids if (one := people.find_user(ask.estate, user_id))]


def _searched(ask: Ask, text: str) -> list[User]:
    plain = text.strip().strip('"')
    plain = plain.partition(":")[2] if plain.lower().startswith(("displayname:", "topic:")) else plain
    return people.search_users(ask.estate, plain.strip('" '), 1000)


def _person(user: User, place: int) -> Json:
    address = user.mail or user.upn
    phones = [{"type": "business", "number": number} for number in user.business_phones]
    return {
        "id": user.id,
        "displayName": user.display_name,
        "givenName": user.given_name,
        "surname": user.surname,
        "birthday": "",
        "personNotes": "",
        "isFavorite": False,
        "jobTitle": user.job_title,
        "companyName": None,
        "yomiCompany": "",
        "department": user.department,
        "officeLocation": user.office_location,
        "profession": "",
        "userPrincipalName": user.upn,
        "imAddress": f"sip:{address}",
        "scoredEmailAddresses": [
            {"address": address, "relevanceScore": float(max(1, 20 - place)), "selectionLikelihood": "notSpecified"}
        ],
        "phones": phones,
        "postalAddresses": [],
        "websites": [],
        "personType": {"class": "Person", "subclass": "OrganizationUser"},
    }


OPERATIONS = operations(
    Backend.DIRECTORY,
    ("GET", "me/people", list_people, PEOPLE_READ),
    ("GET", "users/{user}/people", list_people, PEOPLE_OF_OTHERS_READ),
)
