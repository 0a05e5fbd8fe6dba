/** What a person does with a team or channel as a whole, from its menu: open, change, leave, delete, share. */
import { channelAddress, manageAddress, teamAddress } from "../core/addresses.js";
import { copyText } from "../core/clipboard.js";
import { askChoice } from "../core/dialog.js";
import { attempt, toast } from "../core/notices.js";
import { t } from "../core/texts.js";
import { addByDialog, roleOf, showMembers } from "./members.js";
import { createChannelByDialog, editChannelByDialog } from "./new-channel.js";
import { editTeamByDialog } from "./new-team.js";
import { deleteChannel, deleteTeam, listMembers, removeMember } from "./teamwork.js";

/**
 * Menus for the list and the header. `client` gives {me, go(address), reload(team), forget(team)}: going somewhere,
 * reading a team's channels again, and dropping a team that the person is no longer in.
 */
export function teamMenu(client, team) {
  const active = !team.isArchived;
  return [
    { label: t("team.manage"), drawing: "settings", run: () => client.go(manageAddress(team.id)) },
    active ? { label: t("channel.add"), drawing: "add", run: () => addChannel(client, team) } : undefined,
    active ? { label: t("members.add"), drawing: "personAdd", run: () => addPeople(team) } : undefined,
    active ? { label: t("team.edit"), drawing: "edit", run: () => changeTeamProperties(client, team) } : undefined,
    { label: t("team.link"), drawing: "link", run: () => copyText(location.origin + teamAddress(team)) },
    null,
    { label: t("team.leave"), drawing: "leave", run: () => leaveTeam(client, team) },
    { label: t("team.delete"), drawing: "trash", danger: true, run: () => eraseTeam(client, team) },
  ].filter((entry) => entry !== undefined);
}

export function channelMenu(client, team, channel) {
  const active = !team.isArchived && !channel.isArchived;
  const general = channel.displayName === "General";
  return [
    { label: t("members.show"), drawing: "people", run: () => showMembers(team, channel, client.me) },
    active ? { label: t("channel.edit"), drawing: "edit", run: () => changeChannel(client, team, channel) } : undefined,
    {
      label: t("copyLink"),
      drawing: "link",
      run: () => copyText(location.origin + channelAddress(team.id, channel)),
    },
    ...(general || !active
      ? []
      : [
          null,
          {
            label: t("channel.delete"),
            drawing: "trash",
            danger: true,
            run: () => eraseChannel(client, team, channel),
          },
        ]),
  ].filter((entry) => entry !== undefined);
}

export async function addChannel(client, team) {
  const channel = await createChannelByDialog(team, client.me);
  if (!channel) return;
  await client.reload(team);
  client.go(channelAddress(team.id, channel));
}

async function addPeople(team) {
  const members = await attempt(() => listMembers(team.id, null));
  if (members) await addByDialog(team, null, members);
}

async function changeTeamProperties(client, team) {
  if (await editTeamByDialog(team)) await client.reload(team);
}

async function changeChannel(client, team, channel) {
  if (await editChannelByDialog(team, channel)) await client.reload(team);
}

async function leaveTeam(client, team) {
  const sure = await askChoice({
    title: t("team.leave"),
    text: t("team.leave.text", { team: team.displayName }),
    choices: [{ label: t("team.leave"), value: "yes", danger: true }],
  });
  if (!sure) return;
  const done = await attempt(async () => {
    const members = await listMembers(team.id, null);
    const mine = members.find((member) => member.userId === client.me.id);
    if (mine && roleOf(mine) === "owner" && members.filter((one) => roleOf(one) === "owner").length === 1) {
      toast(t("team.lastOwner"), { failure: true });
      return false;
    }
    if (mine) await removeMember(team.id, null, mine.id);
    return true;
  });
  if (!done) return;
  toast(t("team.left", { team: team.displayName }));
  client.forget(team);
}

async function eraseTeam(client, team) {
  const sure = await askChoice({
    title: t("team.delete"),
    text: t("team.delete.text", { team: team.displayName }),
    choices: [{ label: t("team.delete"), value: "yes", danger: true }],
  });
  if (!sure) return;
  const done = await attempt(async () => {
    await deleteTeam(team.id);
    return true;
  });
  if (!done) return;
  toast(t("team.deleted", { team: team.displayName }));
  client.forget(team);
}

async function eraseChannel(client, team, channel) {
  const sure = await askChoice({
    title: t("channel.delete"),
    text: t("channel.delete.text", { channel: channel.displayName }),
    choices: [{ label: t("channel.delete"), value: "yes", danger: true }],
  });
  if (!sure) return;
  const done = await attempt(async () => {
    await deleteChannel(team.id, channel.id);
    return true;
  });
  if (!done) return;
  toast(t("channel.deleted", { channel: channel.displayName }));
  await client.reload(team);
  client.go(teamAddress(team));
}
