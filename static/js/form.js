// Small comforts for forms. Every form works without this file; nothing here refuses anything.
// All words come from data- attributes, so that they are in the language of the page.

/** A form marked data-form is sent once, however often the button is pressed; the button keeps its name and value. */
function sendOnce(form) {
  const release = () => {
    delete form.dataset.sent;
    form.querySelectorAll("[aria-disabled]").forEach((button) => button.removeAttribute("aria-disabled"));
  };
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    event.submitter?.setAttribute("aria-disabled", "true");
    setTimeout(release, 15000); // the net may have failed: let the person try again
  });
  addEventListener("pageshow", release); // back in the browser shows the page as it was left
}

/** <… data-shown-when="attendance=on_site"> is folded away while another choice is made. Its answers are still sent. */
function showWhen(part) {
  const [name, wanted] = part.dataset.shownWhen.split("=");
  const inputs = document.querySelectorAll(`input[type="radio"][name="${name}"]`);
  if (!inputs.length) return; // nothing to choose here
  const update = () => {
    const chosen = [...inputs].some((input) => input.checked && input.value === wanted);
    part.hidden = !chosen && !part.querySelector(".error");
  };
  inputs.forEach((input) => input.addEventListener("change", update));
  update();
}

/**
 * <input type="email" data-slips='{"gmial.com": "gmail.com"}' data-suggest="Did you mean {address}?"
 * data-suggest-use="Use this address">: offers the likely address under the field.
 */
function suggestAddress(input) {
  const slips = JSON.parse(input.dataset.slips);
  const note = document.createElement("p");
  note.className = "suggestion";
  note.setAttribute("role", "status");
  input.after(note);

  const update = () => {
    const [local, domain = ""] = input.value.trim().split("@");
    const likely = Object.hasOwn(slips, domain.toLowerCase()) ? slips[domain.toLowerCase()] : null;
    note.replaceChildren();
    if (!likely) return;
    const address = `${local}@${likely}`;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button-quiet";
    button.textContent = input.dataset.suggestUse;
    button.addEventListener("click", () => {
      input.value = address;
      update();
      input.focus();
    });
    note.append(input.dataset.suggest.replace("{address}", () => address), " ", button);
  };
  input.addEventListener("change", update);
  update();
}

/** <textarea data-maxlength="300" data-letters-left="Characters left: {count}"> counts as the server does. */
function countLetters(field) {
  const note = document.createElement("p");
  const spoken = document.createElement("p");
  note.className = "letters-left hint";
  note.setAttribute("aria-hidden", "true");
  spoken.className = "visually-hidden";
  spoken.setAttribute("role", "status");
  field.after(note, spoken);

  const text = () => {
    const count = field.dataset.maxlength - [...field.value].length; // a new line is one, as the server stores it
    return field.dataset.lettersLeft.replace("{count}", () => count);
  };
  let pause;
  field.addEventListener("input", () => {
    note.textContent = text();
    clearTimeout(pause); // read aloud only when the typing rests
    pause = setTimeout(() => { spoken.textContent = text(); }, 1000);
  });
  note.textContent = text();
}

document.querySelectorAll("form[data-form]").forEach(sendOnce);
document.querySelectorAll("[data-shown-when]").forEach(showWhen);
document.querySelectorAll("input[data-slips]").forEach(suggestAddress);
document.querySelectorAll("[data-maxlength]").forEach(countLetters);
