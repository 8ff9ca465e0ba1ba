// What the screen says to a scan, in words: no elements here.

import { isOpen } from "./opening.js";
import { currentLanguage, hasText, inOwnLanguage, t, time } from "./texts.js";

const LONG = 11; // letters of a name's longest part, or a third of the whole
const VERY_LONG = 15;

/** The name of an answer in lists and tests: "let in", "cancelled". */
export function reasonName(reason) {
  return hasText(`reason_${reason}`) ? t(`reason_${reason}`) : reason;
}

/** The big word, and the icon beside it. */
export function word(scan) {
  if (!scan.isTest) return [t(`word_${scan.tone}`), scan.tone];
  return scan.passed ? [t("test_passed"), "check"] : [t("test_failed"), "warning"];
}

/** The greeting in the person's own language: {text, lang}, or null for whoever is not let in. */
export function greeting(scan) {
  if (scan.tone !== "go" || scan.isTest) return null;
  const lang = scan.person?.language || currentLanguage();
  if (scan.reason !== "back") return { text: t("welcome", {}, lang), lang };
  if (!scan.since) return { text: t("welcome_back_again", {}, lang), lang };
  return { text: t("welcome_back", { time: time(scan.since, undefined, lang) }, lang), lang };
}

/** What to do, in one sentence; "" where the word says it all. */
export function whatToDo(scan, state) {
  if (scan.isTest) return testResult(scan);
  if (scan.problem) return newcomerProblem(scan.problem);
  if (scan.kind === "walk_in" && scan.tone === "go") return t(scan.certain ? "newcomer_done" : "newcomer_queued");
  if (scan.tone === "in") return already(scan, state);
  const list = listName(scan.list ?? state.list, state);
  const key = `${scan.tone}_${scan.reason}`;
  return hasText(key) ? t(key, { list }) : "";
}

/** What was wrong with a newcomer: the server names the fields, or a reason that only "ask again" helps against. */
export function newcomerProblem(problem) {
  const known = problem.split(",").filter((name) => hasText(name));
  if (!known.length) return t("newcomer_problem");
  return t("newcomer_problem_in", { fields: known.map((name) => t(name)).join(", ") });
}

function already(scan, state) {
  if (!scan.since) return t("in_already");
  const gate = inOwnLanguage(state.gates?.find(({ id }) => id === scan.gate)?.name);
  return t(gate ? "in_already_where" : "in_already_at", { time: time(scan.since), gate });
}

function testResult(scan) {
  const expected = (scan.expected ?? []).map((one) => answerName(...one.split("/"))).join(" / ");
  const told = t("test_expected", { expected, given: answerName(scan.tone, scan.reason) });
  return scan.passed ? told : `${told} ${t("test_tell")}`;
}

function answerName(tone, reason) {
  return `${t(`word_${tone}`)} (${reasonName(reason)})`;
}

/** How sure the answer is; "" where nobody has to be asked. */
export function certainty(scan) {
  if (scan.isTest || ["not_a_badge", "not_kept", "no_list"].includes(scan.reason)) return "";
  if (scan.certain) return t("certain");
  return scan.rosterAt ? t("by_list", { time: time(scan.rosterAt) }) : t("by_no_list");
}

/** Under the answer: whether it was read twice, how sure it is, and whether the list is open at all. */
export function smallPrint(scan, state) {
  const hours = scan.isTest || scan.tone === "stop" ? "" : outsideItsTime(scan.list, state, scan.at);
  return [scan.isSame ? t("same") : "", certainty(scan), hours].filter(Boolean).join(". ");
}

/** When a list opens or has closed, in a sentence; "" while it is open. */
export function outsideItsTime(number, state, at) {
  const list = state.lists?.find((one) => one.number === number);
  if (!list || isOpen(list, at)) return "";
  const isEarly = list.opens_at && at < list.opens_at;
  return t(isEarly ? "list_opens" : "list_closed", { time: time(isEarly ? list.opens_at : list.closes_at) });
}

/** The name of a list. */
export function listName(number, state) {
  return inOwnLanguage(state.lists?.find((list) => list.number === number)?.name);
}

/** The name of a gate. */
export function gateName(id, state) {
  return inOwnLanguage(state.gates?.find((gate) => gate.id === id)?.name);
}

/** The name of a role. */
export function roleName(id, state, code) {
  return inOwnLanguage(state.roles?.find((role) => role.id === id)?.name, code);
}

/** How small a name has to be written: by what cannot be broken, and by the whole. */
export function lengthOf(name) {
  const longest = Math.max(...name.split(/[\s-]+/).map((part) => part.length), name.length / 3);
  if (longest > VERY_LONG) return "is-very-long";
  return longest > LONG ? "is-long" : "";
}

/** Everything in one sentence, for those who listen. */
export function inOneSentence(scan, state) {
  const { person } = scan;
  const parts = [
    word(scan)[0],
    person?.name,
    scan.isAssistant ? t("assistant") : "",
    person?.noPhoto ? t("no_photo") : "",
    person?.box ? `${t("box")} ${person.box}` : "",
    whatToDo(scan, state),
    smallPrint(scan, state),
  ];
  return parts.filter(Boolean).map((part) => part.replace(/[.\s]*$/, ".")).join(" ");
}
