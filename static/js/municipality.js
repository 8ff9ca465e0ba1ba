// Turns <select data-combobox> into a field one can type into, with suggestions; without this file it stays a select.
// Needs accessible-autocomplete loaded before it. An option may hold two names, "Turku (Åbo)": either is found.
// Words from the select: data-no-results, data-hint, data-results ("{count} suggestions"),
// data-selected ("{option}, {position} of {count}"), data-unknown (said when the typed name is none of the options).

const plain = (text) => text.trim().toLocaleLowerCase();
const names = (option) => plain(option.textContent).replace(")", "").split(" (");

/** The options one of whose names holds what was typed; those that begin with it come first. */
function matches(options, typed) {
  const wanted = plain(typed);
  const rank = (option) => {
    if (names(option).some((name) => name.startsWith(wanted))) return 0;
    return plain(option.textContent).includes(wanted) ? 1 : 2;
  };
  return options.filter((option) => rank(option) < 2).sort((a, b) => rank(a) - rank(b));
}

function enhance(select) {
  const words = select.dataset;
  const id = select.id;
  const isInvalid = select.getAttribute("aria-invalid");
  const options = [...select.options].filter((option) => option.value);
  const label = (option) => option.textContent.trim();
  const note = document.createElement("p");
  note.className = "hint";
  note.setAttribute("role", "status");

  const choose = (option) => {
    select.value = option ? option.value : "";
    note.textContent = "";
  };
  window.accessibleAutocomplete.enhanceSelectElement({
    selectElement: select,
    defaultValue: select.value ? label(select.selectedOptions[0]) : "",
    source: (typed, show) => show(matches(options, typed).map(label)),
    onConfirm: (chosen) => chosen && choose(options.find((option) => label(option) === chosen)),
    confirmOnBlur: false,
    tNoResults: () => words.noResults,
    tAssistiveHint: () => words.hint,
    tStatusQueryTooShort: () => "",
    tStatusNoResults: () => words.noResults,
    tStatusSelectedOption: (option, count, index) =>
      words.selected
        .replace("{option}", () => option)
        .replace("{position}", index + 1)
        .replace("{count}", count),
    tStatusResults: (count) => words.results.replace("{count}", count),
  });
  select.before(note);

  const input = document.getElementById(id); // the select gave its id to the new field
  if (isInvalid) input.setAttribute("aria-invalid", isInvalid);
  input.addEventListener("blur", ({ relatedTarget }) => {
    if (relatedTarget?.closest(".autocomplete__menu")) return; // an option is being chosen
    // What stands in the field counts: a name typed out is chosen, an emptied field is empty.
    const typed = plain(input.value);
    choose(options.find((option) => plain(option.textContent) === typed || names(option).includes(typed)));
    if (typed && !select.value) note.textContent = words.unknown;
  });
}

if (window.accessibleAutocomplete) document.querySelectorAll("select[data-combobox]").forEach(enhance);
