// Marks what is on the visitor's list, and saves without leaving the page. The pages are the same for all, so
// the marks come after them, and only to those who have a list.
const form = document.getElementById("gem");
const link = document.querySelector("[data-my-list]");
const count = link?.querySelector("[data-count]");
let saved = new Set();

const buttons = () => document.querySelectorAll("button[form=gem]");

function mark() {
  for (const button of buttons()) {
    const word = button.querySelector("[data-word]");
    word.dataset.word ||= word.textContent;
    const isSaved = saved.has(Number(button.value));
    button.classList.toggle("save-on", isSaved);
    word.textContent = isSaved ? form.dataset.on : word.dataset.word;
  }
  link.hidden = link.hidden && !saved.size;
  count.hidden = !saved.size;
  count.textContent = saved.size;
}

const status = document.createElement("p");
status.className = "save-status";
status.setAttribute("role", "status");
let waiting;

function say(text) {
  status.textContent = text;
  clearTimeout(waiting);
  waiting = setTimeout(() => (status.textContent = ""), 6000);
}

async function answered(request) {
  const response = await request;
  const told = await response.json();
  if (!response.ok) throw new Error(told.error);
  saved = new Set(told.saved);
  mark();
}

async function send(button) {
  const isSaved = saved.has(Number(button.value));
  const body = new URLSearchParams({ enterprise: button.value, do: isSaved ? "remove" : "save" });
  const options = { method: "POST", body, headers: { Accept: "application/json" } };
  try {
    await answered(fetch(form.action, options));
    say(isSaved ? form.dataset.removed : form.dataset.added);
  } catch (error) {
    // A SyntaxError or TypeError is the browser's own, in its own words.
    say(error.constructor === Error && error.message ? error.message : form.dataset.failed);
  }
}

if (form && link) {
  document.body.append(status);
  // One after the other: the first may be what begins the list.
  let last = link.hidden ? Promise.resolve() : answered(fetch(link.dataset.myList)).catch(() => {});
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = event.submitter;
    last = last.then(() => send(button));
  });
  document.body.addEventListener("htmx:afterSwap", mark);
}
