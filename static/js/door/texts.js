// The words of the page, in the language of the device; and times as they are written in it. The words come with the
// page (registration/door_texts.py), so that they are there without network.

const ZONE = "Europe/Helsinki"; // the event's, wherever the device believes to be
const CODES = ["fi", "sv", "en"];

const FORMAT = new Intl.DateTimeFormat("en-GB", {
  timeZone: ZONE, year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "2-digit", hourCycle: "h23",
});
const DATES = {
  fi: ({ day, month }) => `(${day}.${month}.)`,
  sv: ({ day, month }) => `(${day}.${month})`,
  en: ({ day, month }) => `(${day}/${month})`,
};

let clockOffset = 0;
let texts = { fi: {}, sv: {}, en: {} };
let language = "fi";

/** Takes the texts of all languages, {fi: {key: text}, …}. */
export function setTexts(all) {
  texts = all;
}

/** The language that the page speaks. */
export function currentLanguage() {
  return language;
}

/** The best language for somebody of whom nothing is known but the browser. */
export function browserLanguage(wanted = navigator.languages ?? []) {
  return wanted.map((code) => code.slice(0, 2)).find((code) => CODES.includes(code)) ?? "fi";
}

/** Speaks another language from now on: everything in the page that names a text is told anew. */
export function setLanguage(code) {
  language = CODES.includes(code) ? code : "fi";
  document.documentElement.lang = language;
  document.title = t("title");
  for (const element of document.querySelectorAll("[data-t]")) element.textContent = t(element.dataset.t);
  for (const element of document.querySelectorAll("[data-t-label]")) {
    element.setAttribute("aria-label", t(element.dataset.tLabel));
  }
  for (const select of document.querySelectorAll("select.languages")) select.value = language;
}

/** A text, with its %(places)s filled in; in another language than the device's if `code` is given. */
export function t(key, values = {}, code = language) {
  const text = texts[code]?.[key] ?? texts.en[key] ?? key;
  const whole = text.replace(/(klo|kl\.) %\(/g, "$1\u00a0%("); // a time stays on the line of its "at"
  return whole.replace(/%\((\w+)\)s/g, (_, name) => values[name] ?? "");
}

/** Whether there is such a text. */
export function hasText(key) {
  return key in texts.en;
}

/** Of {fi, sv, en}, what one reads here; the first that is there when the own language is missing. */
export function inOwnLanguage(name, code = language) {
  if (!name || typeof name === "string") return name ?? "";
  return name[code] || CODES.map((other) => name[other]).find(Boolean) || "";
}

/** A moment (ms) as the time of the day, 8.42; of another day with its date, 8.42 (13.11.). */
export function time(at, now = Date.now() + clockOffset, code = language) {
  const [then, today] = [parts(at), parts(now)];
  const isToday = then.day === today.day && then.month === today.month && then.year === today.year;
  const hours = `${then.hour}.${then.minute}`;
  return isToday ? hours : `${hours}\u00a0${DATES[code](then)}`;
}

/** How far the server's clock is ahead of this one, in ms: today is the server's day. */
export function setClockOffset(ms) {
  clockOffset = ms;
}

function parts(at) {
  return Object.fromEntries(FORMAT.formatToParts(at).map(({ type, value }) => [type, value]));
}
