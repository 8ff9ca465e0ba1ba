// A USB or Bluetooth scanner is a keyboard that types fast and ends with Enter. It works anywhere on the page; in a
// text field only where the field asks for it (data-wedge), so that nobody's typing is taken away.
//
// Many scanners type as a US keyboard would, whatever the layout of the device: on a Finnish one a hyphen becomes "+" or
// "/". So the keys' places are noted beside their letters, and the place of the hyphen, which is known, tells which of
// the two to believe.

const SCANNERS_PAUSE_MS = 35; // on average; people need more between two keys
const LONGEST_PAUSE_MS = 120; // one pause may be longer: radio, a busy telephone
const SHORTEST = 4;
const CODE = /^I24-[A-Z2-7]{26}$/i;
const ALMOST_CODE = /^I24[^A-Z0-9]([A-Z2-7]{26})$/i;
const US_SIGNS = { Minus: "-", Space: " ", Slash: "/", Period: ".", Comma: ",", Semicolon: ";", Equal: "=" };
const FIELDS = "input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]";

/** What was meant: the letters as they came, or by the places of the keys, or with the hyphen put right. */
export function meant(letters, places) {
  if (CODE.test(letters)) return letters;
  if (CODE.test(places)) return places;
  const almost = ALMOST_CODE.exec(letters);
  return almost ? `I24-${almost[1]}` : letters;
}

/** The sign that a US keyboard has at a place. */
function usSign(code) {
  if (/^Key[A-Z]$/.test(code)) return code[3];
  if (/^(Digit|Numpad)\d$/.test(code)) return code.at(-1);
  return US_SIGNS[code] ?? "";
}

/** Calls `onReading(text)` for what a scanner types, and `onShortcut(key)` for a key pressed alone. */
export function listen(onReading, onShortcut) {
  let run = null;
  let alone = 0;

  function begin(event, field) {
    const now = event.timeStamp;
    run = { letters: "", places: "", count: 0, first: now, last: now, field, before: field?.value ?? "" };
  }

  function add(event) {
    run.letters += event.key;
    run.places += usSign(event.code);
    run.count += 1;
    run.last = event.timeStamp;
  }

  function letter(event, field) {
    clearTimeout(alone);
    const pause = run ? event.timeStamp - run.last : Infinity;
    if (pause > LONGEST_PAUSE_MS || run.field !== field) begin(event, field);
    add(event);
    if (field) return;
    if (pause <= SCANNERS_PAUSE_MS) event.preventDefault(); // a space must not press a button
    if (run.count === 1) alone = setTimeout(() => onShortcut(event.key), LONGEST_PAUSE_MS);
  }

  function enter(event) {
    const read = run;
    run = null;
    if (!read || read.count < SHORTEST || event.timeStamp - read.first > SCANNERS_PAUSE_MS * read.count) return;
    event.preventDefault();
    event.stopPropagation();
    if (read.field) read.field.value = read.before;
    onReading(meant(read.letters, read.places));
  }

  function onKey(event) {
    const field = event.target.closest?.(FIELDS) ?? null;
    if (event.isComposing || event.repeat || (field && !("wedge" in field.dataset))) return;
    const isCommand = (event.ctrlKey || event.metaKey || event.altKey) && !event.getModifierState("AltGraph");
    if (event.key === "Enter") enter(event);
    else if (event.key.length === 1 && !isCommand) letter(event, field);
  }

  document.addEventListener("keydown", onKey, { capture: true });
}
