"""Activities and notes: tasks, appointments, emails, phone calls, the pointer over them all, and annotations."""

# ruff: noqa: S608 - names come from table definitions, never from a request; every value is bound.
from __future__ import annotations

from dataclasses import replace

from liaison.tenant.estate.crm.columns import (
    Column,
    Required,
    boolean,
    choice,
    integer,
    key,
    label,
    lookup,
    memo,
    moment,
    money,
    options,
    polymorphic,
    table_name,
    text,
)
from liaison.tenant.estate.crm.tables import Flag, Ownership, Table, reasons, state_columns, states, table

_PRIORITIES = options((0, "Low", "Basse"), (1, "Normal", "Normale"), (2, "High", "Haute"))

# Columns every activity shares, and which the pointer therefore shows.
_POINTER_COLUMNS = (
    "activityid", "activitytypecode", "subject", "description", "scheduledstart", "scheduledend", "actualend",
    "prioritycode", "regardingobjectid", "statecode", "statuscode", "createdon", "createdby", "modifiedon",
    "modifiedby", "ownerid", "owningbusinessunit", "owninguser", "owningteam", "versionnumber",
)  # fmt: skip


def _shared() -> tuple[Column, ...]:
    return (
        key("ActivityId"),
        table_name("ActivityTypeCode", "Activity Type", "Type d'activité", read_only=True),
        text("Subject", "Subject", "Objet", 400, required=Required.APPLICATION, folded=True),
        memo("Description", "Description"),
        moment("ScheduledStart", "Start Date", "Date de début"),
        moment("ScheduledEnd", "Due Date", "Date d'échéance", indexed=True),
        moment("ActualEnd", "Actual End", "Fin réelle"),
        choice("PriorityCode", "Priority", "Priorité", _PRIORITIES, default=1),
        polymorphic("RegardingObjectId", "Regarding", "Concernant", (), open_to=Flag.ACTIVITIES),
    )


def _activity(
    schema: str, set_name: str, code: int, singular: tuple[str, str], plural: tuple[str, str],
    extra: tuple[Column, ...], state: tuple[Column, Column], flags: tuple[Flag, ...] = (),
) -> Table:  # fmt: skip
    return table(
        schema, set_name, code, label(*singular), label(*plural), (*_shared(), *extra),
        key="activityid", primary_name="subject", state=state, verb_name="Activity",
        flags=(Flag.ACTIVITY, Flag.NOTES, Flag.TRACKED, Flag.BULK, *flags), indexes=("modifiedon",),
    )  # fmt: skip


TASK = _activity(
    "Task", "tasks", 4212, ("Task", "Tâche"), ("Tasks", "Tâches"),
    (
        integer("PercentComplete", "Percent Complete", "Pourcentage achevé", 0, 100),
        text("Category", "Category", "Catégorie", 250),
    ),
    state_columns(
        states((0, "Open", "Ouverte"), (1, "Completed", "Terminée"), (2, "Canceled", "Annulée")),
        reasons((0, 2, "Not Started", "Non commencée"), (0, 3, "In Progress", "En cours"),
                (0, 4, "Waiting on someone else", "En attente d'un tiers"), (0, 7, "Deferred", "Reportée"),
                (1, 5, "Completed", "Terminée"), (2, 6, "Canceled", "Annulée")),
    ),
    (Flag.TEAMS,),
)  # fmt: skip

APPOINTMENT = _activity(
    "Appointment", "appointments", 4201, ("Appointment", "Rendez-vous"), ("Appointments", "Rendez-vous"),
    (
        text("Location", "Location", "Lieu", 400, folded=True),
        boolean("IsAllDayEvent", "All Day Event", "Toute la journée", default=False),
    ),
    state_columns(
        states((0, "Open", "Ouvert"), (1, "Completed", "Terminé"), (2, "Canceled", "Annulé"),
               (3, "Scheduled", "Planifié")),
        reasons((0, 1, "Free", "Libre"), (0, 2, "Tentative", "Provisoire"), (1, 3, "Completed", "Terminé"),
                (2, 4, "Canceled", "Annulé"), (3, 5, "Busy", "Occupé"), (3, 6, "Out of Office", "Absent")),
    ),
    (Flag.TEAMS,),
)  # fmt: skip

EMAIL = _activity(
    "Email", "emails", 4202, ("Email", "E-mail"), ("Emails", "E-mails"),
    (
        text("Sender", "From", "De", 250, style="Email"),
        text("ToRecipients", "To Recipients", "À", 500),
        boolean("DirectionCode", "Direction", "Sens", default=True),
        text("MessageId", "Message ID", "ID de message", 320),
    ),
    state_columns(
        states((0, "Open", "Ouvert"), (1, "Completed", "Terminé"), (2, "Canceled", "Annulé")),
        reasons((0, 1, "Draft", "Brouillon"), (0, 8, "Failed", "Échec"), (1, 2, "Completed", "Terminé"),
                (1, 3, "Sent", "Envoyé"), (1, 4, "Received", "Reçu"), (1, 6, "Pending Send", "En attente d'envoi"),
                (1, 7, "Sending", "Envoi en cours"), (2, 5, "Canceled", "Annulé")),
    ),
    (Flag.TEAMS,),
)  # fmt: skip

PHONE_CALL = _activity(
    "PhoneCall", "phonecalls", 4210, ("Phone Call", "Appel téléphonique"), ("Phone Calls", "Appels téléphoniques"),
    (text("PhoneNumber", "Phone Number", "Numéro de téléphone", 200, style="Phone"),),
    state_columns(
        states((0, "Open", "Ouvert"), (1, "Completed", "Terminé"), (2, "Canceled", "Annulé")),
        reasons((0, 1, "Open", "Ouvert"), (1, 2, "Made", "Passé"), (1, 4, "Received", "Reçu"),
                (2, 3, "Canceled", "Annulé")),
    ),
)  # fmt: skip

_CLOSED = state_columns(
    states((0, "Open", "Ouverte"), (1, "Completed", "Terminée"), (2, "Canceled", "Annulée")),
    reasons((0, 1, "Open", "Ouverte"), (1, 2, "Completed", "Terminée"), (2, 3, "Canceled", "Annulée")),
)

OPPORTUNITY_CLOSE = _activity(
    "OpportunityClose", "opportunitycloses", 4208, ("Opportunity Close", "Clôture d'opportunité"),
    ("Opportunity Closes", "Clôtures d'opportunité"),
    (
        lookup("OpportunityId", "Opportunity", "Opportunité", "opportunity", "opportunity_opportunity_closes"),
        lookup("CompetitorId", "Competitor", "Concurrent", "competitor", "competitor_opportunity_activities"),
        money("ActualRevenue", "Actual Revenue", "Chiffre d'affaires réel", -1e11, 1e11),
    ),
    _CLOSED,
)  # fmt: skip

QUOTE_CLOSE = _activity(
    "QuoteClose", "quotecloses", 4211, ("Quote Close", "Clôture de devis"), ("Quote Closes", "Clôtures de devis"),
    (lookup("QuoteId", "Quote", "Devis", "quote", "quote_closes"),), _CLOSED,
)  # fmt: skip

ORDER_CLOSE = _activity(
    "OrderClose", "ordercloses", 4209, ("Order Close", "Clôture de commande"), ("Order Closes", "Clôtures de commande"),
    (lookup("SalesOrderId", "Order", "Commande", "salesorder", "sales_order_closes"),), _CLOSED,
)  # fmt: skip

INCIDENT_RESOLUTION = _activity(
    "IncidentResolution", "incidentresolutions", 4206, ("Case Resolution", "Résolution de l'incident"),
    ("Case Resolutions", "Résolutions d'incident"),
    (
        lookup("IncidentId", "Case", "Incident", "incident", "incident_incident_resolutions"),
        integer("TimeSpent", "Time Spent", "Temps passé", 0),
    ),
    _CLOSED,
)  # fmt: skip

KINDS = (TASK, APPOINTMENT, EMAIL, PHONE_CALL, OPPORTUNITY_CLOSE, QUOTE_CLOSE, ORDER_CLOSE, INCIDENT_RESOLUTION)

_pointer = table(
    "ActivityPointer", "activitypointers", 4200, label("Activity", "Activité"), label("Activities", "Activités"),
    _shared(), key="activityid", primary_name="subject", verb_name="Activity", flags=(Flag.FIXED, Flag.NOTES),
    state=state_columns(
        states((0, "Open", "Ouverte"), (1, "Completed", "Terminée"), (2, "Canceled", "Annulée"),
               (3, "Scheduled", "Planifiée")),
        reasons((0, 1, "Open", "Ouverte"), (1, 2, "Completed", "Terminée"), (2, 3, "Canceled", "Annulée"),
                (3, 4, "Scheduled", "Planifiée")),
    ),
)  # fmt: skip

ACTIVITY_POINTER = replace(
    _pointer,
    columns=tuple(
        replace(column, creatable=False, updatable=False)
        for column in _pointer.columns
        if column.name in _POINTER_COLUMNS
    ),
    select=" UNION ALL ".join(f"SELECT {{columns}} FROM {{{kind.name}}}" for kind in KINDS),
)

ACTIVITY_PARTY = table(
    "ActivityParty", "activityparties", 135, label("Activity Party", "Partie d'activité"),
    label("Activity Parties", "Parties d'activité"),
    (
        key("ActivityPartyId"),
        lookup("ActivityId", "Activity", "Activité", "activitypointer", "activitypointer_activity_parties"),
        integer("ParticipationTypeMask", "Participation Type", "Type de participation", 0, 13),
        text("AddressUsed", "Address", "Adresse", 320, style="Email"),
    ),
    primary_name="", ownership=Ownership.NONE, state=(), verb_name="Activity",
    flags=(Flag.FIXED,),
)  # fmt: skip

ANNOTATION = table(
    "Annotation", "annotations", 5, label("Note", "Note"), label("Notes", "Notes"),
    (
        key("AnnotationId"),
        text("Subject", "Title", "Titre", 500, folded=True),
        memo("NoteText", "Description", "Description", 100_000),
        polymorphic("ObjectId", "Regarding", "Concernant", (), open_to=Flag.NOTES),
        table_name("ObjectTypeCode", "Object Type", "Type d'objet", read_only=True),
        boolean("IsDocument", "Is Document", "Est un document", default=False),
        text("FileName", "File Name", "Nom de fichier", 255),
        text("MimeType", "Mime Type", "Type MIME", 256),
        integer("FileSize", "File Size (Bytes)", "Taille du fichier (octets)", 0, read_only=True),
        memo("DocumentBody", "Document", "Document", 1_073_741_823),
        text("LangId", "Language ID", "ID de langue", 2),
    ),
    primary_name="subject", flags=(Flag.TEAMS, Flag.BULK), verb_name="Note", state=(),
)  # fmt: skip

TABLES: tuple[Table, ...] = (*KINDS, ACTIVITY_POINTER, ACTIVITY_PARTY, ANNOTATION)
