/** Making a team from scratch, and changing its name, description and privacy. */
import { h } from "../core/dom.js";
import { t } from "../core/texts.js";
import { askForm, field, radioGroup, textField } from "./form.js";
import { changeTeam, createTeam } from "./teamwork.js";

/** Asks for a new team; resolves to its id, or to null. */
export function createTeamByDialog() {
  const parts = teamParts({ displayName: "", description: "", visibility: "private" });
  return askForm({
    title: t("team.create"),
    fields: parts.fields,
    action: t("create"),
    act: () => createTeam(parts.values()),
    focus: parts.name,
  });
}

/** Asks for other properties of a team; resolves to true once they are kept. */
export function editTeamByDialog(team) {
  const parts = teamParts(team);
  return askForm({
    title: t("team.edit"),
    fields: parts.fields,
    action: t("save"),
    act: async () => {
      await changeTeam(team.id, parts.values());
      return true;
    },
    focus: parts.name,
  });
}

function teamParts({ displayName, description, visibility }) {
  const name = textField({ maxlength: 256, required: true, value: displayName });
  const about = h("textarea", { maxlength: 1024, rows: 2, value: description ?? "" });
  const privacy = radioGroup(
    t("team.privacy"),
    ["private", "public"].map((value) => [value, t(`team.${value}`), t(`team.${value}.text`)]),
    visibility === "public" ? "public" : "private",
  );
  return {
    name,
    fields: [field(t("team.name"), name), field(t("team.description"), about), privacy.element],
    values: () => ({
      displayName: name.value.trim(),
      description: about.value.trim(),
      visibility: privacy.value(),
    }),
  };
}
