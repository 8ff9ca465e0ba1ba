// Lines of a form that are filled one after the other: empty ones fold away until somebody asks for one more.
// Without this file all lines are there. Words come from data- attributes.

/** <div data-lines data-add="Add a co-presenter"> holds <div data-line>…</div>; the first empty line stays. */
function foldLines(group) {
  const lines = [...group.querySelectorAll("[data-line]")];
  const isFilled = (line) => [...line.querySelectorAll("input")].some((input) => input.value);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button-quiet";
  button.textContent = group.dataset.add;
  const shown = () => lines.filter((line) => !line.hidden);
  const update = () => { button.hidden = shown().length === lines.length; };
  lines.forEach((line, index) => { line.hidden = !isFilled(line) && !line.querySelector(".error") && index > 0; });
  button.addEventListener("click", () => {
    const next = lines.find((line) => line.hidden);
    if (!next) return;
    next.hidden = false;
    update();
    next.querySelector("input").focus();
  });
  group.append(button);
  update();
}

document.querySelectorAll("[data-lines]").forEach(foldLines);
