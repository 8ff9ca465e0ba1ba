// Turns <select data-combobox> into a field one can type into, with suggestions; without this file it stays a select.
// Needs accessible-autocomplete loaded before it. An option may carry other names of its place in data-also ("Åbo").
// Words from the select: data-no-results, data-hint, data-results ("{count} suggestions"),
// data-selected ("{option}, {position} of {count}"), data-unknown (said when the typed name is none of the options).

const plain = (text) => text.trim().toLocaleLowerCase();

/** The options whose name, or other name, holds what was typed; those that begin with it come first. */
function matches(select, typed) {
  const wanted = plain(typed);
  const place = (option) => {
    const found = [option.textContent, option.dataset.also ?? ""].map((name) => plain(name).indexOf(wanted));
    return Math.min(...found.map((index) => (index === -1 ? Infinity : Math.min(index, 1))));
  };
  return [...select.options]
    .filter((option) => option.value && place(option) < Infinity)
    .sort((a, b) => place(a) - place(b))
    .map((option) => option.textContent.trim());
}

function enhance(select) {
  const words = select.dataset;
  const id = select.id;
  const isInvalid = select.getAttribute("aria-invalid");
  window.accessibleAutocomplete.enhanceSelectElement({
    selectElement: select,
    defaultValue: select.value ? select.selectedOptions[0].textContent.trim() : "",
    source: (typed, show) => show(matches(select, typed)),
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

  const input = document.getElementById(id); // the select gave its id to the new field
  if (isInvalid) input.setAttribute("aria-invalid", isInvalid);
  const note = document.createElement("p");
  note.className = "hint";
  note.setAttribute("role", "status");
  select.before(note);
  input.addEventListener("blur", () => {
    // The typed text alone counts: a name that was typed out is chosen, a field that was emptied is empty.
    const typed = plain(input.value);
    const option = [...select.options].find(
      (one) => one.value && [one.textContent, one.dataset.also ?? ""].some((name) => plain(name) === typed),
    );
    select.value = typed && option ? option.value : "";
    note.textContent = typed && !option ? words.unknown : "";
  });
}

if (window.accessibleAutocomplete) document.querySelectorAll("select[data-combobox]").forEach(enhance);
