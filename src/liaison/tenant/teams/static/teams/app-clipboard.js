/** The clipboard for the pages of tab apps, which the browser gives to this window only. */

const INTERNAL_ERROR = 500;
const PERMISSION_DENIED = 1000;

/** Writes what a page gives as {mimeType, content in base64}: the reply [error, done]. */
export async function writeClipboard({ mimeType, content } = {}) {
  return answered(async () => {
    const blob = new Blob([bytesOf(content)], { type: mimeType });
    await navigator.clipboard.write([new ClipboardItem({ [mimeType]: blob })]);
    return true;
  });
}

/** Reads the first kind of content that TeamsJS knows: the reply [error, JSON of {mimeType, content in base64}]. */
export async function readClipboard() {
  return answered(async () => {
    const [item] = await navigator.clipboard.read();
    const known = ["text/html", "text/plain", "image/png", "image/jpeg"];
    const mimeType = known.find((type) => item?.types.includes(type)) ?? "text/plain";
    const blob = item?.types.includes(mimeType) ? await item.getType(mimeType) : new Blob([""]);
    return JSON.stringify({ mimeType, content: base64(new Uint8Array(await blob.arrayBuffer())) });
  });
}

async function answered(work) {
  try {
    return [undefined, await work()];
  } catch (refused) {
    if (refused instanceof DOMException && refused.name === "NotAllowedError")
      return [{ errorCode: PERMISSION_DENIED, message: refused.message }];
    if (refused instanceof DOMException || refused instanceof TypeError)
      return [{ errorCode: INTERNAL_ERROR, message: refused.message }];
    throw refused;
  }
}

function bytesOf(text) {
  return Uint8Array.from(atob(text ?? ""), (letter) => letter.charCodeAt(0));
}

function base64(bytes) {
  let text = "";
  for (const one of bytes) text += String.fromCharCode(one);
  return btoa(text);
}
