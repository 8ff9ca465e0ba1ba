// What the pages share on which organisers move things about: talking to the server, which draws the page anew after
// every step, and to those who do not see it happen. Words come from data- attributes of the page.

/** {say, phrase, post} of a page: `root` is drawn anew, `words` is its status line, `frame` keeps how far it is scrolled. */
export function moving(root, words, frame) {
  const say = (text) => { words.textContent = text; };

  const phrase = (name, given = {}) => root.dataset[name].replace(/\{(\w+)\}/g, (whole, key) => given[key] ?? whole);

  /** The page anew; it stays scrolled where it was, and the focus goes back to what moved. */
  function draw(html, focusOn) {
    const before = root.querySelector(frame);
    const [top, left] = [before.scrollTop, before.scrollLeft];
    root.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
    Object.assign(root.querySelector(frame), { scrollTop: top, scrollLeft: left });
    if (focusOn) document.getElementById(focusOn)?.focus({ preventScroll: true });
  }

  async function post(form, given, focusOn) {
    const data = new FormData(form);
    Object.entries(given).forEach(([name, value]) => data.set(name, value));
    root.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(form.getAttribute("action"), { // form.action is the button of that name
        method: "POST", body: data, headers: { Accept: "application/json" }, signal: AbortSignal.timeout(10000),
      });
      if (response.redirected || ![200, 409].includes(response.status)) throw new Error(String(response.status));
      const answer = await response.json();
      draw(answer.board, focusOn);
      words.classList.toggle("schedule-refused", !answer.done);
      say(answer.words);
    } catch {
      words.classList.add("schedule-refused");
      say(phrase("lost"));
    } finally {
      root.removeAttribute("aria-busy");
    }
  }

  // Ctrl+Z outside a field takes the last step back, as the button does.
  document.addEventListener("keydown", (event) => {
    const isUndo = event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
    const button = root.querySelector("[data-undo]");
    if (!isUndo || !button || event.target.closest("input, select, textarea")) return;
    event.preventDefault();
    button.click();
  });

  return { say, phrase, post };
}
