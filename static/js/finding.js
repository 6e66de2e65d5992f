// What is found is put in place by htmx, as templates/finding/frame.html tells it. Here is what attributes
// cannot say: fields are brought up to date and not replaced, so that neither the focus nor an open list
// is lost; the focus goes on where a link vanishes under it; what fails is asked for as a page.
const form = document.getElementById("listing-form");
const results = document.getElementById("resultater");
const status = document.getElementById("besked");
const near = document.getElementById("near");
let sent = {};

function bringUpToDate(fresh) {
  if (fresh.type === "checkbox") {
    const field = form.querySelector(`[name="${fresh.name}"][value="${CSS.escape(fresh.value)}"]`);
    if (!field) return;
    field.checked = fresh.checked;
    const [label, told] = [field, fresh].map((input) => input.closest("label"));
    label.className = told.className;
    label.lastElementChild.textContent = told.lastElementChild.textContent;
  } else {
    const field = form.elements[fresh.name];
    // Somebody may be typing the next words already.
    if (field.value === sent[fresh.name]) field.value = fresh.value;
  }
}

function replaceLive(fresh) {
  document.getElementById(fresh.id).replaceWith(fresh);
  htmx.process(fresh);
  // Sending the form is no longer needed, so the button says what looking at the results would show.
  if (fresh.dataset.shows) fresh.textContent = fresh.dataset.shows;
}

function goOn(asked) {
  if (asked.closest(".paging")) results.scrollIntoView();
  const isTyped = asked === form && document.activeElement.matches("input:not([type=checkbox])");
  // On a phone the keyboard would cover what was found.
  if (asked === form && !(isTyped && matchMedia("(pointer: coarse)").matches)) return;
  const refuge = form.querySelector("dialog[open] button") ?? results;
  refuge.focus({ preventScroll: true });
}

function say() {
  const parts = results.querySelectorAll(".total, .note, .corrected, .paging > span");
  status.textContent = [...parts].map((part) => part.textContent.trim()).join(". ");
}

// htmx notes the address in the tab's storage, which nothing here reads: who looks around leaves no trace.
function forget() {
  try {
    sessionStorage.removeItem("htmx-current-path-for-history");
  } catch {
    // A browser without storage has nothing to forget.
  }
}

// Back and forward ask the server again, so that what they show is true, and go where one was on the page.
function followHistory() {
  document.body.addEventListener("htmx:beforeHistoryUpdate", () => {
    history.replaceState({ ...history.state, scroll: scrollY }, "");
  });
  document.body.addEventListener("htmx:pushedIntoHistory", forget);
  forget();
  addEventListener("popstate", (event) => {
    if (!event.state?.htmx) return;
    event.stopImmediatePropagation();
    history.scrollRestoration = "manual";
    location.reload();
  });
  if (history.scrollRestoration === "manual") {
    scrollTo(0, history.state?.scroll ?? 0);
    addEventListener("pagehide", () => (history.scrollRestoration = "auto"));
  }
}

// The position an address stands with is no longer its own once somebody writes another.
near.addEventListener("input", () => (near.value = near.value.replace(/ \(\d+\.\d+,[\d.]*\)?/, "")));

// Other words may be misspelt again.
form.elements.q.addEventListener("input", () => form.elements.exact?.remove());

if (window.htmx) {
  followHistory();
  form.classList.add("listing-live");
  form.querySelectorAll("[data-live]").forEach(replaceLive);

  form.addEventListener("htmx:beforeRequest", () => {
    // Said again even where it is the same as before.
    status.textContent = "";
    sent = Object.fromEntries([...form.elements].map(({ name, value }) => [name, value]));
  });
  form.addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
    detail.shouldSwap = false;
    detail.fragment.querySelectorAll("input[name]").forEach(bringUpToDate);
    detail.fragment.querySelectorAll("[data-live]").forEach(replaceLive);
  });
  results.addEventListener("htmx:afterSwap", ({ target, detail }) => {
    if (target !== results) return;
    // What a browser hands on when somebody shares the page.
    const canonical = document.querySelector("link[rel=canonical]");
    canonical.href = new URL(location.pathname + location.search, canonical.href);
    goOn(detail.requestConfig.elt);
    say();
  });
  for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout", "htmx:swapError"]) {
    form.addEventListener(failure, ({ detail }) => location.assign(detail.pathInfo.finalRequestPath));
  }
}
