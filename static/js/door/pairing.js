// Making this device one of the door's: by the link that the organiser's QR code holds, or by its token typed.

import { byId, say } from "./elements.js";
import { currentLanguage, t } from "./texts.js";

const ERRORS = { used: "pair_used", offline: "pair_offline", storage: "storage_do" };
const TOKEN = /(?:^|[#&])pair=([^&\s]+)/;

/** The token in a link, a fragment, or what is a token itself. */
export function tokenIn(text) {
  const given = text.trim();
  const found = TOKEN.exec(given)?.[1] ?? (/[\s/#?]/.test(given) ? "" : given);
  try {
    return decodeURIComponent(found);
  } catch {
    return found;
  }
}

/** Whether the page was opened by a pairing link. */
export function cameByLink() {
  return TOKEN.test(location.hash);
}

/** Takes the token out of the address, so that it is in no history and no picture of the screen. */
function forgetLink() {
  history.replaceState(null, "", location.pathname);
}

/** The form; `onPaired` is called when the device is one of the door's. */
export function start(door, onPaired) {
  const form = byId("pair-form");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const token = tokenIn(byId("pair-link").value);
    const problem = token ? await pair(token) : "pair_no_link";
    say("pair-error", problem ? t(problem) : "");
    byId("pair-link").setAttribute("aria-invalid", String(Boolean(problem)));
    if (problem) byId("pair-link").focus();
    else onPaired();
  });

  async function pair(token) {
    form.querySelector("[type=submit]").disabled = true;
    try {
      await door.pair(token, byId("pair-name").value.trim(), currentLanguage());
      return "";
    } catch (error) {
      return ERRORS[error.code] ?? "not_done";
    } finally {
      form.querySelector("[type=submit]").disabled = false;
    }
  }

  byId("pair-back").addEventListener("click", onPaired);
}

function whyHere({ paired, isRevoked, isUnknown, isEvicted }) {
  if (isRevoked) return paired ? "revoked" : "wiped"; // it is emptied once the server has heard everything
  if (isUnknown) return "unknown_device";
  if (paired) return "pair_again";
  return isEvicted ? "evicted" : "";
}

/** Shows the form, with the token of the address already in it. */
export function show(state) {
  if (cameByLink()) {
    byId("pair-link").value = tokenIn(location.hash);
    forgetLink();
  }
  byId("pairing").hidden = false;
  explain(state);
  byId(byId("pair-link").value ? "pair-name" : "pair-link").focus({ preventScroll: true });
}

/** Says why the form is here, and what the device holds. */
export function explain(state) {
  const note = whyHere(state);
  byId("pair-back").hidden = note !== "pair_again";
  const waiting = state.unsent && !state.paired ? [t("unsent_kept", { number: state.unsent })] : [];
  const text = [note ? t(note) : "", ...waiting].filter(Boolean).join(" ");
  if (byId("pair-note").textContent !== text || !text) say("pair-note", text);
}
