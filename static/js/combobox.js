// Suggestions under a field, by the ARIA practices' pattern for a combobox with a list.
// The field is <input data-suggestions="address" data-suggestions-label="name of the list">. A suggestion
// leads to its url; one without fills the field with its value, and where that is whole the form is sent,
// by the button with the id in data-suggestions-button if there is one.
import { element } from "./dom.js";

const PAUSE = 120;
const SHORTEST = 2;

function combobox(input) {
  const list = element("div", { id: `${input.id}-suggestions`, role: "listbox", class: "suggestions" });
  const status = element("p", { role: "status", class: "visually-hidden" });
  list.setAttribute("aria-label", input.dataset.suggestionsLabel);
  list.hidden = true;
  input.after(list, status);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", list.id);

  const chosen = new WeakMap();
  let options = [];
  let active = -1;
  let timer;
  let asking = new AbortController();

  // What answers fewer letters must not come after more of them, nor another list under the hand that chooses.
  function stopAsking() {
    clearTimeout(timer);
    asking.abort();
    list.removeAttribute("aria-busy");
  }

  function close() {
    stopAsking();
    list.hidden = true;
    status.textContent = "";
    input.setAttribute("aria-expanded", "false");
    activate(-1);
  }

  function activate(number) {
    options[active]?.setAttribute("aria-selected", "false");
    active = number;
    const option = options[active];
    if (!option) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", option.id);
  }

  function show({ suggestions, status: said }) {
    activate(-1);
    list.removeAttribute("aria-busy");
    list.replaceChildren();
    options = suggestions.map((suggestion, number) => {
      const option = element("div", { id: `${list.id}-${number}`, role: "option", "aria-selected": "false" });
      // The server has escaped it; <mark> is its own.
      option.innerHTML = suggestion.html;
      chosen.set(option, suggestion);
      group(suggestion).append(option);
      return option;
    });
    list.hidden = !options.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    status.textContent = said;
  }

  function group({ kind, group: name }) {
    const id = `${list.id}-${kind}`;
    const known = document.getElementById(id);
    if (known) return known.parentElement;
    const heading = element("div", { id, role: "presentation", class: "suggestions-kind" });
    heading.textContent = name;
    const found = element("div", { role: "group", "aria-labelledby": id });
    found.append(heading);
    list.append(found);
    return found;
  }

  async function ask() {
    asking.abort();
    const typed = input.value.trim();
    if (typed.length < SHORTEST) return close();
    asking = new AbortController();
    const { signal } = asking;
    try {
      const query = new URLSearchParams({ q: typed });
      const answer = await fetch(`${input.dataset.suggestions}?${query}`, { signal });
      if (!answer.ok) return close();
      const found = await answer.json();
      if (!signal.aborted) show(found);
    } catch {
      // Aborted or offline: the field is a plain search all the same.
      if (!signal.aborted) close();
    }
  }

  function choose(option) {
    const { url, value, whole } = chosen.get(option);
    close();
    if (url) return location.assign(url);
    input.value = value;
    if (whole) input.form.requestSubmit(document.getElementById(input.dataset.suggestionsButton));
    else ask();
  }

  function walk(number) {
    stopAsking();
    activate(number);
  }

  const last = () => options.length - 1;
  const keys = {
    ArrowDown: () => walk(active < last() ? active + 1 : 0),
    ArrowUp: () => walk(active > 0 ? active - 1 : last()),
    Home: () => active >= 0 && walk(0),
    End: () => active >= 0 && walk(last()),
    Enter: () => active >= 0 && choose(options[active]),
    Escape: close,
  };

  input.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (list.hidden) {
      if (event.key === "ArrowDown") ask();
      return;
    }
    // What a key does here, it must not do in the field as well.
    if (event.key in keys && keys[event.key]() !== false) event.preventDefault();
  });
  input.addEventListener("input", () => {
    stopAsking();
    list.setAttribute("aria-busy", "true");
    activate(-1);
    timer = setTimeout(ask, PAUSE);
  });
  input.addEventListener("blur", close);
  input.form.addEventListener("submit", close);
  // The field keeps the focus while the list is clicked or scrolled.
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    stopAsking();
  });
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) choose(option);
  });
}

for (const input of document.querySelectorAll("input[data-suggestions]")) combobox(input);
