// A scan in its three shapes: the object that the page holds, the row that is stored, the item that is sent.

const NOT_STORED = new Set(["person", "isSame", "newcomer"]); // a lost phone gives away no names
const UNDO_TIME = 15 * 60_000;

/** A scan as read() gives it; `about` names what is particular to it. */
export function newScan(about) {
  return {
    id: crypto.randomUUID(), kind: "read", code: null, registration: null, ticket: null, isAssistant: false,
    tone: "", reason: "", person: null, since: null, gate: null, certain: false, isSame: false,
    isTest: false, expected: [], passed: false, isRemote: false, event: null,
    undone: false, undoSynced: false, synced: false, settling: false, status: "", problem: "",
    ...about,
    shown: { tone: about.tone, reason: about.reason },
  }; // prettier-ignore
}

/** Without what may not lie on a disk. */
export const stored = (scan) => Object.fromEntries(Object.entries(scan).filter(([name]) => !NOT_STORED.has(name)));

/** How a badge or a person is named to the server. Of what is no badge nothing is sent. */
export function namedAs({ code, registration, isAssistant }) {
  return registration !== null && !code ? { registration, is_assistant: isAssistant } : { code: code ?? "" };
}

/** What is sent of a scan, in a batch: with what was shown and acted on. */
export function itemOf(scan) {
  const { id, kind, list, here: gate, scannedAt: scanned_at, shown } = scan;
  const item = { id, kind, ...namedAs(scan), list, gate, scanned_at, ...shown };
  return scan.newcomer ? { ...item, person: scan.newcomer } : item;
}

/** What is sent to take a scan back. */
export const undoOf = ({ id, list, here: gate }, scanned_at) => ({
  id: crypto.randomUUID(), kind: "undo", undoes: id, list, gate, scanned_at,
}); // prettier-ignore

/** Why a scan cannot be undone at the server's moment `at`: "late", "not_possible", or null when it can. */
export function undoRefusal(scan, at) {
  if (!scan || scan.undone || scan.isTest || scan.shown.tone !== "go") return "not_possible";
  return at - scan.at > UNDO_TIME ? "late" : null;
}

/** Whether the server has heard everything of a scan, and we what it says. */
export const isSettled = (scan) => scan.synced && !scan.settling && (!scan.undone || scan.undoSynced);

/** Whether a scan is sent and too old to be undone. */
export const isOver = (scan, at) => scan.synced && at - scan.at > UNDO_TIME;

/**
 * Strikes out by what somebody could be found; whether there was anything. A newcomer who has to be asked again keeps
 * the name, which is on no disk.
 */
export function withoutTraces(scan) {
  const person = scan.problem ? scan.person : null;
  const had = Boolean(scan.code || scan.newcomer || scan.person !== person);
  Object.assign(scan, { code: null, newcomer: null, person });
  return had;
}

/** A line of the history. */
export function recentLine(scan, at) {
  const { id, kind, list, tone, reason, isAssistant, undone, synced, certain, status, problem, isTest, passed } = scan;
  const name = scan.person?.name ?? "";
  return {
    id, kind, at: scan.at, list, gate: scan.here, tone, reason, name, isAssistant, undone,
    canUndo: undoRefusal(scan, at) === null, synced, certain, status, problem, isTest, passed,
  }; // prettier-ignore
}
