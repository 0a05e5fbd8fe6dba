/** The Files tab of a channel: its folder, or word that it is being prepared. */
import { channelAddress } from "../core/addresses.js";
import { fill, h } from "../core/dom.js";
import { bar, emptyState, reasonOf, skeleton } from "../core/notices.js";
import { t } from "../core/texts.js";
import { readItem } from "../files/drive.js";
import { libraryView } from "../files/library.js";

const LOOK_AGAIN_MS = 5_000;
const DEEPEST = 30;

export function channelFiles(scene) {
  const element = h("div.channel-files", {}, skeleton(6));
  show(scene, element);
  return element;
}

async function show(scene, element) {
  try {
    const folder = await scene.folder(true);
    if (!folder) {
      fill(element, emptyState("folder", t("files.pending"), t("files.pending.text")));
      setTimeout(() => element.isConnected && show(scene, element), LOOK_AGAIN_MS);
      return;
    }
    const { driveId } = folder.parentReference;
    const address = (id) => channelAddress(scene.team.id, scene.channel, "files", id ? { folder: id } : {});
    const top = { name: scene.channel.displayName, driveId, id: folder.id, href: address(null) };
    const below = scene.folderId && scene.folderId !== folder.id ? await way(driveId, folder.id, scene.folderId) : [];
    const trail = [top, ...below.map((item) => ({ name: item.name, driveId, id: item.id, href: address(item.id) }))];
    const siteAddress = (below.at(-1) ?? folder).webUrl;
    fill(
      element,
      libraryView({ trail, folderHref: (item) => address(item.id), siteAddress, writable: scene.writable }),
    );
  } catch (refused) {
    fill(element, bar("failure", reasonOf(refused)));
  }
}

/** The folders from just below the channel's folder down to one of them. */
async function way(driveId, topId, folderId) {
  const found = [];
  for (let id = folderId; id !== topId && found.length < DEEPEST;) {
    const item = await readItem(driveId, id);
    found.unshift(item);
    id = item.parentReference?.id ?? topId;
  }
  return found;
}
