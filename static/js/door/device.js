// What belongs to this telephone and to nobody's data: whether it sounds; that the screen stays on.

const KEY = "door-preferences";

/** What was chosen on this device; an empty object where the browser keeps nothing. */
export function preferences() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

/** Remembers a choice. */
export function prefer(chosen) {
  const all = { ...preferences(), ...chosen };
  try {
    localStorage.setItem(KEY, JSON.stringify(all));
  } catch {
    // then it is forgotten at the next start, which does no harm
  }
  return all;
}

let lock = null;

/** Keeps the screen on while the page is seen; browsers take the lock away when it is not. */
export async function stayAwake() {
  if (document.visibilityState !== "visible" || (lock && !lock.released)) return;
  try {
    lock = (await navigator.wakeLock?.request("screen")) ?? null;
  } catch {
    lock = null; // the battery is low; nothing can be done
  }
}
