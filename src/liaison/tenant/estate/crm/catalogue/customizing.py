"""Tables that customizing leaves traces in: solution components, imports, ribbons, modern commands, file contents.

Source: reference/entities/solutioncomponent.md, importjob.md, ribboncustomization.md, ribboncommand.md,
ribbondiff.md, ribbonrule.md, appaction.md, fileattachment.md.
"""

from __future__ import annotations

from liaison.tenant.estate.crm.columns import (
    OnDelete,
    Required,
    boolean,
    choice,
    decimal,
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
from liaison.tenant.estate.crm.tables import Ownership, Table, table

COMPONENT_TYPES = options(
    (1, "Entity", "Entité"), (2, "Attribute", "Attribut"), (3, "Relationship", "Relation"),
    (9, "Option Set", "Groupe d'options"), (10, "Entity Relationship", "Relation d'entité"),
    (14, "Entity Key", "Clé d'entité"), (20, "Role", "Rôle"), (24, "Form", "Formulaire"),
    (26, "Saved Query", "Requête enregistrée"), (29, "Workflow", "Flux de travail"),
    (48, "Ribbon Command", "Commande de ruban"), (49, "Ribbon Context Group", "Groupe contextuel de ruban"),
    (50, "Ribbon Customization", "Personnalisation de ruban"), (52, "Ribbon Rule", "Règle de ruban"),
    (53, "Ribbon Tab To Command Map", "Mappage d'onglet de ruban"), (55, "Ribbon Diff", "Différence de ruban"),
    (60, "System Form", "Formulaire système"), (61, "Web Resource", "Ressource web"), (62, "Site Map", "Plan de site"),
    (80, "Model-driven App", "Application pilotée par modèle"),
    (91, "Plugin Assembly", "Assembly de plug-in"), (92, "SDK Message Processing Step", "Étape de traitement"),
    (95, "Service Endpoint", "Point de terminaison"), (10_100, "App Action", "Action d'application"),
)  # fmt: skip

SOLUTION_COMPONENT = table(
    "SolutionComponent", "solutioncomponents", 7103, label("Solution Component", "Composant de la solution"),
    label("Solution Components", "Composants de la solution"),
    (
        key("SolutionComponentId"),
        lookup("SolutionId", "Solution", "Solution", "solution", "solution_solutioncomponent",
               on_delete=OnDelete.DELETE, read_only=True),
        choice("ComponentType", "Object Type Code", "Type de composant", COMPONENT_TYPES),
        guid("ObjectId", "Regarding", "Objet", indexed=True),
        choice("RootComponentBehavior", "Include Behavior", "Comportement d'inclusion",
               options((0, "Include Subcomponents", "Inclure les sous-composants"),
                       (1, "Do not include subcomponents", "Ne pas inclure les sous-composants"),
                       (2, "Include As Shell Only", "Inclure comme enveloppe"))),
        boolean("IsMetadata", "Is this component metadata", "Est une métadonnée", default=False),
    ),
    primary_name="", ownership=Ownership.NONE, state=(), verb_name="Solution",
)  # fmt: skip

IMPORT_JOB = table(
    "ImportJob", "importjobs", 9107, label("Import Job", "Tâche d'importation"),
    label("Import Jobs", "Tâches d'importation"),
    (
        key("ImportJobId"),
        text("Name", "Name", "Nom", 256),
        text("SolutionName", "Solution Name", "Nom de la solution", 100),
        guid("SolutionId", "Solution", "Solution"),
        decimal("Progress", "Progress", "Avancement", 0, 100),
        moment("StartedOn", "Started On", "Commencée le"),
        moment("CompletedOn", "Completed On", "Terminée le"),
        memo("Data", "Data", "Données", 1_073_741_823),
        text("ImportContext", "Import Context", "Contexte", 256),
        text("OperationContext", "Operation Context", "Opération", 256),
    ),
    ownership=Ownership.ORGANIZATION, state=(),
)  # fmt: skip

RIBBON_CUSTOMIZATION = table(
    "RibbonCustomization", "ribboncustomizations", 1116,
    label("Application Ribbons", "Rubans d'application"), label("Application Ribbons", "Rubans d'application"),
    (
        key("RibbonCustomizationId"),
        table_name("Entity", "Entity", "Entité"),
        moment("PublishedOn", "Published On", "Publié le"),
        boolean("IsManaged", "Is Managed", "Géré", default=False, read_only=True),
        guid("SolutionId", "Solution", "Solution"),
    ),
    primary_name="", ownership=Ownership.ORGANIZATION, state=(), indexes=("entity",),
)  # fmt: skip

RIBBON_COMMAND = table(
    "RibbonCommand", "ribboncommands", 1115, label("Ribbon Command", "Commande de ruban"),
    label("Ribbon Commands", "Commandes de ruban"),
    (
        key("RibbonCommandId"),
        text("Command", "Command", "Commande", 200, indexed=True),
        memo("CommandDefinition", "Command Definition", "Définition de la commande", 1_073_741_823),
        table_name("Entity", "Entity", "Entité"),
        lookup("RibbonCustomizationId", "Ribbon", "Ruban", "ribboncustomization",
               "RibbonCustomization_RibbonCommand", on_delete=OnDelete.DELETE),
    ),
    primary_name="command", ownership=Ownership.ORGANIZATION, state=(), verb_name="RibbonCustomization",
)  # fmt: skip

RIBBON_DIFF = table(
    "RibbonDiff", "ribbondiffs", 1130, label("Ribbon Difference", "Différence de ruban"),
    label("Ribbon Differences", "Différences de ruban"),
    (
        key("RibbonDiffId"),
        text("DiffId", "Diff Id", "ID de la différence", 200, indexed=True),
        choice("DiffType", "Diff Type", "Type de différence",
               options((0, "CustomAction", "Action personnalisée"), (1, "HideCustomAction", "Action masquée"),
                       (2, "LocLabel", "Libellé"), (3, "Template", "Modèle"))),
        memo("RDX", "RDX", "RDX", 1_073_741_823),
        table_name("Entity", "Entity", "Entité"),
        text("TabId", "Tab", "Onglet", 200),
        integer("Sequence", "Sequence", "Ordre"),
        lookup("RibbonCustomizationId", "Ribbon", "Ruban", "ribboncustomization", "RibbonCustomization_RibbonDiff",
               on_delete=OnDelete.DELETE),
    ),
    primary_name="diffid", ownership=Ownership.ORGANIZATION, state=(), verb_name="RibbonCustomization",
)  # fmt: skip

RIBBON_RULE = table(
    "RibbonRule", "ribbonrules", 1117, label("Ribbon Rule", "Règle de ruban"), label("Ribbon Rules", "Règles de ruban"),
    (
        key("RibbonRuleId"),
        text("RuleId", "Rule Id", "ID de la règle", 200, indexed=True),
        choice("RuleType", "Rule Type", "Type de règle",
               options((0, "DisplayRule", "Règle d'affichage"), (1, "EnableRule", "Règle d'activation"))),
        memo("RuleDefinition", "Rule Definition", "Définition de la règle", 1_073_741_823),
        table_name("Entity", "Entity", "Entité"),
        lookup("RibbonCustomizationId", "Ribbon", "Ruban", "ribboncustomization", "RibbonCustomization_RibbonRule",
               on_delete=OnDelete.DELETE),
    ),
    primary_name="ruleid", ownership=Ownership.ORGANIZATION, state=(), verb_name="RibbonCustomization",
)  # fmt: skip

APP_ACTION = table(
    "appaction", "appactions", 10_010, label("Modern Command", "Commande moderne"),
    label("Modern Commands", "Commandes modernes"),
    (
        key("appactionId"),
        text("Name", "Name", "Nom", 100, required=Required.APPLICATION),
        text("UniqueName", "Unique Name", "Nom unique", 512, indexed=True),
        text("ButtonLabelText", "Label", "Libellé", 200),
        text("ButtonTooltipTitle", "Tooltip Title", "Titre de l'info-bulle", 200),
        text("ButtonTooltipDescription", "Tooltip Description", "Info-bulle", 500),
        text("ButtonAccessibilityText", "Accessibility Text", "Texte d'accessibilité", 500),
        decimal("ButtonSequencePriority", "Order", "Ordre", -1e11, 1e11, 10),
        text("FontIcon", "Font Icon", "Icône de police", 200),
        lookup("IconWebResourceId", "Icon", "Icône", "webresource", "iconwebresource_appaction"),
        lookup("AppModuleId", "App", "Application", "appmodule", "appmodule_appaction", on_delete=OnDelete.DELETE),
        choice("Context", "Context", "Contexte", options((0, "All", "Tout"), (1, "Entity", "Entité")), default=0),
        text("ContextEntity", "Context Entity", "Entité du contexte", 128),
        text("ContextValue", "Context Value", "Valeur du contexte", 128),
        choice("Location", "Location", "Emplacement",
               options((0, "Form", "Formulaire"), (1, "Main Grid", "Grille principale"), (2, "Sub Grid", "Sous-grille"),
                       (3, "Associated Grid", "Grille associée"), (4, "Quick Form", "Formulaire rapide"),
                       (5, "Global Header", "En-tête global"), (6, "Dashboard", "Tableau de bord")), default=0),
        choice("Type", "Type", "Type",
               options((0, "Standard Button", "Bouton"), (1, "Dropdown Button", "Liste déroulante"),
                       (2, "Split Button", "Bouton fractionné"), (3, "Group", "Groupe")), default=0),
        boolean("Hidden", "Hidden", "Masquée", default=False),
        boolean("IsDisabled", "Disabled", "Désactivée", default=False),
        choice("OnClickEventType", "On Click Event Type", "Type d'événement",
               options((0, "None", "Aucun"), (1, "Formula", "Formule"), (2, "JavaScript", "JavaScript"))),
        lookup("OnClickEventJavaScriptWebResourceId", "JavaScript Web Resource", "Ressource web JavaScript",
               "webresource", "webresource_appaction_onclick"),
        text("OnClickEventJavaScriptFunctionName", "JavaScript Function", "Fonction JavaScript", 500),
        memo("OnClickEventJavaScriptParameters", "JavaScript Parameters", "Paramètres JavaScript", 1_048_576),
        memo("VisibilityFormulaFunctionName", "Visibility Function", "Fonction de visibilité", 500),
    ),
    ownership=Ownership.ORGANIZATION,
)  # fmt: skip

FILE_ATTACHMENT = table(
    "FileAttachment", "fileattachments", 55, label("File Attachment", "Pièce jointe"),
    label("File Attachments", "Pièces jointes"),
    (
        key("FileAttachmentId"),
        text("FileName", "File Name", "Nom de fichier", 255, read_only=True),
        text("MimeType", "Mime Type", "Type MIME", 256, read_only=True),
        integer("FileSizeInBytes", "File Size", "Taille du fichier", 0, read_only=True),
        guid("ObjectId", "Regarding", "Concernant", indexed=True, read_only=True),
        table_name("ObjectTypeCode", "Object Type", "Type d'objet", read_only=True),
        text("RegardingFieldName", "Regarding Field Name", "Nom du champ", 128, read_only=True),
    ),
    primary_name="filename", ownership=Ownership.NONE, state=(),
)  # fmt: skip

TABLES: tuple[Table, ...] = (
    SOLUTION_COMPONENT, IMPORT_JOB, RIBBON_CUSTOMIZATION, RIBBON_COMMAND, RIBBON_DIFF, RIBBON_RULE, APP_ACTION,
    FILE_ATTACHMENT,
)  # fmt: skip
