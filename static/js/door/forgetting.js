// What the engine forgets, and when. Each of these is done in the core's turn; what waits to be sent always stays.

import { Book } from "./book.js";
import { isOver, isSettled, stored, withoutTraces } from "./scans.js";

export const KEPT_SCANS = 200;
export const OF_ROSTER = ["cursor", "rosterAt", "people"]; // of what is kept, what goes with the roster

/**
 * After the event everybody is forgotten. Codes and names older than an undo are struck out, and what is older than the
 * history, or of another event, goes; both only when it is sent.
 */
export async function tidy(core) {
  if (!core.store) return;
  if (core.isExpired && core.kept.cursor) {
    await forgetPeople(core, { hasOutline: true }); // the lists keep their names, for whoever looks at the screen
    core.changed({ isStored: true });
  }
  const [all, at] = [[...core.scans.values()], core.serverNow()];
  const isSurplus = (scan, place) => (place < all.length - KEPT_SCANS || !core.isOwn(scan)) && isSettled(scan);
  const surplus = all.filter(isSurplus);
  surplus.forEach((scan) => core.scans.delete(scan.id));
  const changed = [...core.scans.values()].filter((scan) => isOver(scan, at) && withoutTraces(scan));
  if (!changed.length && !surplus.length) return;
  await core.store.putScans(inOrder(changed), surplus.map((scan) => scan.order).filter(Boolean));
  core.changed();
}

/** Forgets who may enter, who is inside, and whose badges were read; keeps what waits to be sent, and the token. */
export async function forgetPeople(core, { hasOutline }) {
  const { event } = core;
  const gone = hasOutline ? OF_ROSTER : ["header", ...OF_ROSTER];
  const kept = Object.entries(core.kept).filter(([key]) => !gone.includes(key));
  core.kept = { ...Object.fromEntries(kept), event };
  core.book = new Book();
  core.setPeople([]);
  const changed = [...core.scans.values()].filter(withoutTraces);
  forgetNames(core);
  await core.store.forgetRoster(gone, inOrder(changed));
  await core.store.keep({ event });
}

/** No scan names anybody any more. */
export function forgetNames(core) {
  core.scans.forEach((scan) => (scan.person = null));
  core.onForgotten();
}

const inOrder = (scans) => scans.filter((scan) => scan.order).map(stored);
