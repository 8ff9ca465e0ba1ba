// What the door says to a reading. The same rule stands in registration/verdict.py; both pass the same vectors,
// tests/registration/verdicts.json.

const CODE = /^I24-[A-Z2-7]{26}$/;
const BLANKS = /[ \t\r\n]/g;
const SMALL_LETTERS = /[a-z]/g;
const LONGEST = 64; // a code of ours with room for blanks; anything longer is not looked at

const BY_STATE = new Map([
  ["revoked", ["stop", "revoked"]],
  ["ended", ["stop", "cancelled"]],
  ["waiting", ["look", "waiting"]],
  ["offered", ["look", "offered"]],
]);

const answer = (tone, reason) => ({ tone, reason });

/**
 * The badge code in what was read or typed, or null. Blanks and small ASCII letters are forgiven, nothing else: no
 * look-alike is taken for the letter it resembles (toUpperCase would make S of ſ).
 */
export function codeIn(text) {
  if (typeof text !== "string" || text.length > LONGEST) return null;
  const code = text.replace(BLANKS, "").replace(SMALL_LETTERS, (letter) => letter.toUpperCase());
  return CODE.test(code) ? code : null;
}

/**
 * The answer to `text` at the list with the number `onList`: {tone, reason}.
 *
 * `ticket` {state, isRemote, lists} is what is known of its code, or null. `isInside`: its bearer has arrived on this
 * list and was not taken back. `isCertain` is true where everything is known, on the server.
 */
export function verdict(text, ticket, { onList, isReturnNormal, isInside, isCertain, isOtherEvent = false }) {
  if (codeIn(text) === null) return answer("stop", "not_a_badge");
  if (isOtherEvent) return answer("stop", "other_event");
  if (!ticket) return answer(isCertain ? "stop" : "look", "unknown");
  return ofTicket(ticket, { onList, isReturnNormal, isInside });
}

/** The same for somebody who is known, whether read from a badge or found by name. */
export function ofTicket(ticket, { onList, isReturnNormal, isInside }) {
  if (BY_STATE.has(ticket.state)) return answer(...BY_STATE.get(ticket.state));
  if (!ticket.lists.includes(onList)) return answer("look", ticket.isRemote ? "remote" : "other_list");
  if (isInside) return isReturnNormal ? answer("go", "back") : answer("in", "already");
  return answer("go", "admit");
}
