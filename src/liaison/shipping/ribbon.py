"""The Collaborate command as a difference to the application's ribbon: on every table's main form and main grid.

Source: Microsoft, RibbonDiffXml; the application ribbon's template tabs with {!EntityLogicalName}.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

_LIBRARY = "$webresource:liaison_/main.js"
_PICTURE = "$webresource:liaison_/icon.svg"
_GROUP = "MainTab.Collaborate.Controls._children"


@dataclass(frozen=True)
class Place:
    """Where the command stands: its ids' stem, the tab, what its functions are given, and what they are called."""

    name: str
    tab: str
    given: str
    act: str
    rule: str
    about: str


PLACES = (
    Place(
        "Form", "Mscrm.Form.{!EntityLogicalName}", "PrimaryControl",
        "Liaison.collaborateOnRecord", "Liaison.isShownOnRecord", "command.about_record",
    ),
    Place(
        "HomepageGrid", "Mscrm.HomepageGrid.{!EntityLogicalName}", "SelectedControl",
        "Liaison.collaborateOnView", "Liaison.isShownOnView", "command.about_view",
    ),
)  # fmt: skip


def ribbon_xml(words: Mapping[str, Mapping[int, str]]) -> str:
    """`words` are titles and explanations by language code."""
    actions = "".join(_action(place) for place in PLACES)
    commands = "".join(_command(place) for place in PLACES)
    rules = "".join(_rule(place) for place in PLACES)
    titles = _labels("liaison.Collaborate.Title", words["command.title"])
    labels = titles + "".join(
        _labels(f"liaison.{place.name}.Collaborate.About", words[place.about]) for place in PLACES
    )
    return (
        f"<RibbonDiffXml><CustomActions>{actions}</CustomActions>"
        '<Templates><RibbonTemplates Id="Mscrm.Templates"/></Templates>'
        f"<CommandDefinitions>{commands}</CommandDefinitions>"
        f"<RuleDefinitions><TabDisplayRules/><DisplayRules/><EnableRules>{rules}</EnableRules></RuleDefinitions>"
        f"<LocLabels>{labels}</LocLabels></RibbonDiffXml>"
    )


def _action(place: Place) -> str:
    """`TemplateAlias="o1"` lets the button stand in the bar itself."""
    stem = f"liaison.{place.name}.Collaborate"
    return (
        f'<CustomAction Id="{stem}.CustomAction" Location="{place.tab}.{_GROUP}" Sequence="5"><CommandUIDefinition>'
        f'<Button Id="{stem}.Button" Command="{stem}.Command" Sequence="5" TemplateAlias="o1"'
        ' LabelText="$LocLabels:liaison.Collaborate.Title" Alt="$LocLabels:liaison.Collaborate.Title"'
        ' ToolTipTitle="$LocLabels:liaison.Collaborate.Title"'
        f' ToolTipDescription="$LocLabels:{stem}.About" ModernImage="{_PICTURE}"/>'
        "</CommandUIDefinition></CustomAction>"
    )


def _command(place: Place) -> str:
    stem = f"liaison.{place.name}.Collaborate"
    return (
        f'<CommandDefinition Id="{stem}.Command"><EnableRules><EnableRule Id="{stem}.IsShown"/></EnableRules>'
        f'<DisplayRules/><Actions><JavaScriptFunction Library="{_LIBRARY}" FunctionName="{place.act}">'
        f'<CrmParameter Value="{place.given}"/></JavaScriptFunction></Actions></CommandDefinition>'
    )


def _rule(place: Place) -> str:
    """The function promises its answer; until it comes, and when it fails, the command is hidden."""
    return (
        f'<EnableRule Id="liaison.{place.name}.Collaborate.IsShown"><CustomRule Library="{_LIBRARY}"'
        f' FunctionName="{place.rule}" Default="false"><CrmParameter Value="{place.given}"/></CustomRule></EnableRule>'
    )


def _labels(name: str, words: Mapping[int, str]) -> str:
    titles = "".join(f'<Title languagecode="{lcid}" description={quoteattr(text)}/>' for lcid, text in words.items())
    return f'<LocLabel Id="{escape(name)}"><Titles>{titles}</Titles></LocLabel>'
