"""People, teams, business units, roles and privileges, and who was given access to which row.

Source: dataverse.md sections 1.1 and 1.7.
"""

from __future__ import annotations

from liaison.tenant.estate.crm.columns import (
    Column,
    Kind,
    Required,
    boolean,
    choice,
    guid,
    integer,
    key,
    label,
    lookup,
    memo,
    moment,
    options,
    table_name,
    text,
)
from liaison.tenant.estate.crm.tables import AlternateKey, Flag, ManyToMany, Ownership, Table, intersect, table

_SINGLE_SWITCHES = (
    ("ismsteamsenabled", "Teams integration", "Intégration Teams"),
    ("ismsteamscollaborationenabled", "Teams collaboration", "Collaboration Teams"),
    ("ismsteamsusersyncenabled", "Teams user sync", "Synchronisation des utilisateurs Teams"),
    ("ismsteamssettingchangedbyuser", "Teams setting changed by user", "Réglage Teams modifié par un utilisateur"),
    ("isonedriveenabled", "OneDrive for Business", "OneDrive Entreprise"),
    ("isfolderautocreatedonsp", "Folders created on SharePoint", "Dossiers créés dans SharePoint"),
    ("isofficegraphenabled", "Office Graph", "Office Graph"),
    ("isembedteamscollabenabled", "Embedded Teams collaboration", "Collaboration Teams intégrée"),
    ("enablesensitivitylabelsforteamscollab", "Sensitivity labels for Teams", "Étiquettes pour Teams"),
    ("defaultteamschattitlerecordname", "Chat title is the record name", "Titre de conversation par défaut"),
    ("iscollaborationexperienceenabled", "Collaboration experience", "Expérience de collaboration"),
    ("ispresenceenabled", "Presence", "Présence"),
    ("ismodeldrivenappsinmsteamsenabled", "Model-driven apps in Teams", "Applications dans Teams"),
    ("isnotificationford365inteamsenabled", "Notifications in Teams", "Notifications dans Teams"),
    ("isautoinstallappford365inteamsenabled", "App auto install in Teams", "Installation automatique dans Teams"),
    ("teamschatdatasync", "Teams chat sync", "Synchronisation des conversations"),
    ("appointmentwithteamsmeeting", "Appointments with Teams meeting", "Rendez-vous avec réunion Teams"),
    ("appointmentwithteamsmeetingv2", "Appointments with Teams meeting (2)", "Rendez-vous avec réunion Teams (2)"),
    ("sharetopreviousowneronassign", "Share to previous owner on assign", "Partager avec l'ancien propriétaire"),
    ("isauditenabled", "Auditing", "Audit"),
)

ORGANIZATION = table(
    "Organization", "organizations", 1019, label("Organization", "Organisation"),
    label("Organizations", "Organisations"),
    (
        key("OrganizationId"),
        text("Name", "Organization Name", "Nom de l'organisation", 160, folded=True, read_only=True),
        *(boolean(name, en, fr) for name, en, fr in _SINGLE_SWITCHES),
        choice("sharepointdeploymenttype", "SharePoint Deployment Type", "Type de déploiement SharePoint",
               options((0, "Online", "En ligne"), (1, "On-Premises", "Sur site"))),
        text("officegraphdelveurl", "Delve URL", "URL de Delve", 1000, style="Url"),
        integer("expirechangetrackingindays", "Days to keep change tracking", "Durée du suivi (jours)", 0, 365,
                default=7),
        choice("fullnameconventioncode", "Full name display order", "Ordre du nom complet",
               options((0, "Last Name, First Name", "Nom, Prénom"), (1, "First Name", "Prénom Nom"))),
        integer("languagecode", "Language", "Langue", 0),
        integer("localeid", "Locale", "Paramètres régionaux", 0),
        integer("maxuploadfilesize", "Max upload file size", "Taille maximale de fichier", 0),
        memo("blockedattachments", "Blocked attachments", "Pièces jointes bloquées", 1_073_741_823),
        text("releasewavename", "Release wave", "Vague de publication", 300),
        memo("contentsecuritypolicyconfiguration", "Content security policy", "Stratégie de sécurité du contenu",
             1_073_741_823),
        lookup("basecurrencyid", "Currency", "Devise", "transactioncurrency", "basecurrency_organization",
               indexed=False),
    ),
    ownership=Ownership.NONE, flags=(Flag.ENTITY_ONLY_BY_KEY,), state=(),
)  # fmt: skip

BUSINESS_UNIT = table(
    "BusinessUnit", "businessunits", 10, label("Business Unit", "Division"), label("Business Units", "Divisions"),
    (
        key("BusinessUnitId"),
        text("Name", "Name", "Nom", 160, required=Required.SYSTEM, folded=True),
        lookup("ParentBusinessUnitId", "Parent Business", "Division parente", "businessunit",
               "business_unit_parent_business_unit"),
        boolean("IsDisabled", "Is Disabled", "Désactivée", default=False, read_only=True),
        text("DivisionName", "Division", "Division", 100),
        text("EMailAddress", "Email", "E-mail", 100, style="Email"),
    ),
    ownership=Ownership.BUSINESS, flags=(Flag.TEAMS, Flag.ACTIVITIES), state=(),
)  # fmt: skip

_PRINCIPAL_OWNER = guid("ownerid", "Owner", "Propriétaire", read_only=True)

SYSTEM_USER = table(
    "SystemUser", "systemusers", 8, label("User", "Utilisateur"), label("Users", "Utilisateurs"),
    (
        key("SystemUserId"),
        _PRINCIPAL_OWNER,
        text("FullName", "Full Name", "Nom complet", 200, folded=True, indexed=True, read_only=True),
        text("FirstName", "First Name", "Prénom", 256, folded=True),
        text("LastName", "Last Name", "Nom", 256, folded=True),
        text("DomainName", "User Name", "Nom d'utilisateur", 1024, indexed=True),
        text("InternalEMailAddress", "Primary Email", "E-mail principal", 100, style="Email"),
        text("Title", "Title", "Titre", 128),
        text("JobTitle", "Job Title", "Fonction", 100),
        guid("AzureActiveDirectoryObjectId", "Microsoft Entra Object ID", "ID d'objet Microsoft Entra", indexed=True,
             read_only=True),
        guid("ApplicationId", "Application ID", "ID d'application", indexed=True),
        boolean("IsDisabled", "Status", "Statut", default=False),
        boolean("IsLicensed", "User Licensed", "Utilisateur sous licence", default=False, read_only=True),
        boolean("SetupUser", "Restricted Access Mode", "Mode d'accès restreint", default=False),
        integer("UserLicenseType", "User License Type", "Type de licence", default=-1),
        choice("AccessMode", "Access Mode", "Mode d'accès",
               options((0, "Read-Write", "Lecture-écriture"), (1, "Administrative", "Administratif"),
                       (2, "Read", "Lecture"), (3, "Support User", "Support"),
                       (4, "Non-interactive", "Non interactif"), (5, "Delegated Admin", "Administrateur délégué")),
               default=0),
        choice("AzureState", "Azure State", "État Azure",
               options((0, "Exists", "Existe"), (1, "Soft deleted", "Supprimé de façon réversible"),
                       (2, "Not found or hard deleted", "Introuvable ou supprimé définitivement")), default=0),
        choice("InviteStatusCode", "Invitation Status", "État de l'invitation",
               options((0, "Invitation Not Sent", "Non envoyée"), (4, "Invitation Accepted", "Acceptée")), default=4),
        lookup("BusinessUnitId", "Business Unit", "Division", "businessunit", "business_unit_system_users",
               required=Required.SYSTEM),
    ),
    primary_name="fullname", ownership=Ownership.BUSINESS, flags=(Flag.TRACKED,), state=(), verb_name="User",
    keys=(AlternateKey("aadobjectid", ("azureactivedirectoryobjectid",), label("Microsoft Entra Object ID")),),
)  # fmt: skip

TEAM = table(
    "Team", "teams", 9, label("Team", "Équipe"), label("Teams", "Équipes"),
    (
        key("TeamId"),
        _PRINCIPAL_OWNER,
        text("Name", "Team Name", "Nom de l'équipe", 160, required=Required.APPLICATION, folded=True),
        memo("Description", "Description"),
        choice("TeamType", "Team Type", "Type d'équipe",
               options((0, "Owner", "Propriétaire"), (1, "Access", "Accès"),
                       (2, "Security Group", "Groupe de sécurité"), (3, "Office Group", "Groupe Office")), default=0),
        guid("AzureActiveDirectoryObjectId", "Microsoft Entra Object ID for a group", "ID d'objet du groupe"),
        choice("MembershipType", "Membership Type", "Type d'appartenance",
               options((0, "Members and guests", "Membres et invités"), (1, "Members", "Membres"),
                       (2, "Owners", "Propriétaires"), (3, "Guests", "Invités"))),
        boolean("IsDefault", "Is Default", "Par défaut", default=False, read_only=True),
        text("EMailAddress", "Email", "E-mail", 100, style="Email"),
        guid("RegardingObjectId", "Regarding", "Concernant", indexed=True),
        lookup("TeamTemplateId", "Team Template", "Modèle d'équipe", "teamtemplate", "teamtemplate_Teams"),
        lookup("AdministratorId", "Administrator", "Administrateur", "systemuser", "lk_teambase_administratorid"),
        lookup("BusinessUnitId", "Business Unit", "Division", "businessunit", "business_unit_teams"),
    ),
    ownership=Ownership.BUSINESS, flags=(Flag.TEAMS, Flag.NOTES), state=(),
    keys=(AlternateKey("aadobjectid_membershiptype", ("azureactivedirectoryobjectid", "membershiptype"),
                       label("Group and membership type")),),
)  # fmt: skip

ROLE = table(
    "Role", "roles", 1036, label("Security Role", "Rôle de sécurité"), label("Security Roles", "Rôles de sécurité"),
    (
        key("RoleId"),
        text("Name", "Name", "Nom", 100, required=Required.SYSTEM, folded=True, localized=True),
        lookup("BusinessUnitId", "Business Unit", "Division", "businessunit", "business_unit_roles"),
        lookup("RoleTemplateId", "Role Template ID", "ID du modèle de rôle", "roletemplate", "role_template_roles",
               read_only=True, indexed=False),
        lookup("ParentRoleId", "Parent Role", "Rôle parent", "role", "role_parent_role"),
        lookup("ParentRootRoleId", "Parent Root Role", "Rôle racine", "role", "role_parent_root_role"),
        boolean("IsManaged", "State", "État", default=False, read_only=True),
        choice("IsInherited", "Member's privilege inheritance", "Héritage des privilèges",
               options((0, "Team privileges only", "Privilèges de l'équipe uniquement"),
                       (1, "Direct User (Basic) access level and Team privileges", "Utilisateur et équipe")),
               default=1),
    ),
    ownership=Ownership.BUSINESS, state=(),
)  # fmt: skip

ROLE_TEMPLATE = table(
    "RoleTemplate", "roletemplates", 1037, label("Role Template", "Modèle de rôle"),
    label("Role Templates", "Modèles de rôle"),
    (
        key("RoleTemplateId"),
        text("Name", "Name", "Nom", 100, read_only=True),
        boolean("Upgrading", "Upgrading", "Mise à niveau", default=False, read_only=True),
    ),
    ownership=Ownership.ORGANIZATION, state=(), flags=(Flag.FIXED,),
)  # fmt: skip

TEAM_TEMPLATE = table(
    "TeamTemplate", "teamtemplates", 92, label("Team template", "Modèle d'équipe"),
    label("Team templates", "Modèles d'équipe"),
    (
        key("TeamTemplateId"),
        text("TeamTemplateName", "Template Name", "Nom du modèle", 160, required=Required.SYSTEM),
        integer("ObjectTypeCode", "Object Type", "Type d'objet", required=Required.SYSTEM),
        integer("DefaultAccessRightsMask", "Access Rights", "Droits d'accès", required=Required.SYSTEM),
        memo("Description", "Description"),
        boolean("IsSystem", "Is System", "Système", default=False, read_only=True),
    ),
    primary_name="teamtemplatename", ownership=Ownership.ORGANIZATION, state=(),
)  # fmt: skip

PRIVILEGE = table(
    "Privilege", "privileges", 1023, label("Privilege", "Privilège"), label("Privileges", "Privilèges"),
    (
        key("PrivilegeId"),
        text("Name", "Name", "Nom", 100, indexed=True),
        integer("AccessRight", "Access Right", "Droit d'accès", 0),
        boolean("CanBeBasic", "Can be basic", "Niveau de base"),
        boolean("CanBeLocal", "Can be local", "Niveau local"),
        boolean("CanBeDeep", "Can be deep", "Niveau étendu"),
        boolean("CanBeGlobal", "Can be global", "Niveau global"),
        Column("VersionNumber", Kind.BIGINT, label("Version Number", "Numéro de version"),
               creatable=False, updatable=False),
    ),
    ownership=Ownership.NONE, flags=(Flag.FIXED,), state=(), standard=False,
)  # fmt: skip

USER_SETTINGS = table(
    "UserSettings", "usersettingscollection", 150, label("User Settings", "Paramètres utilisateur"),
    label("User Settings", "Paramètres utilisateur"),
    (
        guid("SystemUserId", "User", "Utilisateur", required=Required.SYSTEM),
        integer("UILanguageId", "User interface language", "Langue de l'interface", 0, default=1033),
        integer("LocaleId", "Locale", "Paramètres régionaux", 0, default=1033),
        integer("TimeZoneCode", "Time Zone Code", "Code de fuseau horaire", 0, default=92),
        integer("PagingLimit", "Paging Limit", "Lignes par page", 0, default=50),
    ),
    key="systemuserid", primary_name="", ownership=Ownership.BUSINESS, state=(),
)  # fmt: skip

USER_ENTITY_SETTINGS = table(
    "UserEntityUISettings", "userentityuisettingscollection", 2500,
    label("User Entity UI Settings", "Paramètres d'interface par table"),
    label("User Entity UI Settings", "Paramètres d'interface par table"),
    (
        key("UserEntityUISettingsId"),
        integer("ObjectTypeCode", "Object Type Code", "Code de type d'objet", 0),
        memo("RecentlyViewedXml", "Recently Viewed Xml", "XML des vues récentes", 1_073_741_823),
        memo("MRUXml", "MRU Xml", "XML des derniers utilisés", 1_073_741_823),
        boolean("ShowInAddressBook", "Show In Address Book", "Dans le carnet d'adresses", default=False),
    ),
    primary_name="", state=(), indexes=("ownerid",),
)  # fmt: skip

SHARE = Table(
    "PrincipalObjectAccess", "principalobjectaccessset", 11, label("Principal Object Access", "Partage"),
    label("Principal Object Access", "Partages"), "principalobjectaccessid", "",
    (
        key("PrincipalObjectAccessId"),
        guid("ObjectId", "Object", "Objet", indexed=True),
        table_name("ObjectTypeCode", "Object Type", "Type d'objet"),
        guid("PrincipalId", "Principal", "Principal", indexed=True),
        table_name("PrincipalTypeCode", "Principal Type", "Type de principal"),
        integer("AccessRightsMask", "Rights", "Droits", 0),
        integer("InheritedAccessRightsMask", "Inherited Rights", "Droits hérités", 0, default=0),
        moment("ChangedOn", "Changed On", "Modifié le"),
        Column("VersionNumber", Kind.BIGINT, label("Version Number", "Numéro de version"),
               creatable=False, updatable=False),
    ),
    Ownership.NONE, frozenset({Flag.PRIVATE, Flag.FIXED}), indexes=("objectid,principalid",),
)  # fmt: skip

TEAM_MEMBERSHIP = intersect("TeamMembership", "teammemberships", 23, "teammembershipid", "teamid", "systemuserid")
USER_ROLES = intersect("SystemUserRoles", "systemuserrolescollection", 1034, "systemuserroleid", "systemuserid",
                       "roleid")  # fmt: skip
TEAM_ROLES = intersect("TeamRoles", "teamrolescollection", 40, "teamroleid", "teamid", "roleid")
ROLE_PRIVILEGES = intersect(
    "RolePrivileges", "roleprivilegescollection", 1035, "roleprivilegeid", "roleid", "privilegeid",
    (integer("privilegedepthmask", "Depth", "Niveau", 0),),
)  # fmt: skip
APP_ROLES = intersect("AppModuleRoles", "appmodulerolescollection", 9009, "appmoduleroleid", "appmoduleid", "roleid")

MANY_TO_MANY: tuple[ManyToMany, ...] = (
    ManyToMany("teammembership_association", "teammembership", "team", "teamid", "teammembership_association",
               "systemuser", "systemuserid", "teammembership_association"),
    ManyToMany("systemuserroles_association", "systemuserroles", "systemuser", "systemuserid",
               "systemuserroles_association", "role", "roleid", "systemuserroles_association"),
    ManyToMany("teamroles_association", "teamroles", "team", "teamid", "teamroles_association", "role", "roleid",
               "teamroles_association"),
    ManyToMany("roleprivileges_association", "roleprivileges", "role", "roleid", "roleprivileges_association",
               "privilege", "privilegeid", "roleprivileges_association"),
    ManyToMany("appmoduleroles_association", "appmoduleroles", "appmodule", "appmoduleid",
               "appmoduleroles_association", "role", "roleid", "appmoduleroles_association"),
)  # fmt: skip

TABLES: tuple[Table, ...] = (
    ORGANIZATION, BUSINESS_UNIT, SYSTEM_USER, TEAM_TEMPLATE, TEAM, ROLE_TEMPLATE, ROLE, PRIVILEGE,
    USER_SETTINGS, USER_ENTITY_SETTINGS, SHARE, TEAM_MEMBERSHIP,
    USER_ROLES, TEAM_ROLES, ROLE_PRIVILEGES, APP_ROLES,
)  # fmt: skip
