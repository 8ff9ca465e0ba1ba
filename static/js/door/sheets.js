// What opens over the scanning screen: native dialogs, one on top of the other, which give the focus back.

import { byId } from "./elements.js";

/** Opens the dialog `name`-dialog. */
export function open(name) {
  const dialog = byId(`${name}-dialog`);
  if (!dialog.open) dialog.showModal();
}

/** Closes one dialog. */
export function close(name) {
  byId(`${name}-dialog`).close();
}

/** Closes everything, the top one first: a verdict is coming. */
export function closeAll() {
  for (const dialog of openDialogs().reverse()) dialog.close();
}

/** Whether anything is open; the camera rests meanwhile. */
export function isAnyOpen() {
  return openDialogs().length > 0;
}

function openDialogs() {
  return [...document.querySelectorAll("dialog[open]")];
}

/** Lets every dialog be closed by its button and by a tap beside it; `onClosed` is called after each. */
export function start(onClosed) {
  for (const dialog of document.querySelectorAll("dialog")) {
    dialog.addEventListener("click", ({ target }) => {
      if (target === dialog || target.closest("[data-close]")) dialog.close();
    });
    dialog.addEventListener("close", onClosed);
  }
}
