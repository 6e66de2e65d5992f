// What is found is put in place by htmx, as templates/finding/frame.html tells it. Here is what attributes
// cannot say: fields are brought up to date and not replaced, so that neither the focus nor an open list
// is lost; the focus goes on where a link vanishes under it; what fails is asked for as a page.
import { fieldsOf, fill, keyOf, readFrom, said, tell, told, writeTo } from "./fields.js";

const form = document.getElementById("listing-form");
const results = document.getElementById("resultater");
const status = document.getElementById("besked");
const near = document.getElementById("near");
const words = document.getElementById("q");
// What each field said when the server was last asked.
let sent = new Map();
let orderChosen;

const isAsked = (field) => sent.get(keyOf(field)) === said(field);

function bringUpToDate(fresh) {
  const box = `[name="${fresh.name}"][value="${CSS.escape(fresh.value)}"]`;
  const field = fresh.type === "checkbox" ? form.querySelector(box) : form.elements[fresh.name];
  if (!field) return;
  // Somebody may be ticking or typing on already: that is what is asked for next.
  const isAnswered = isAsked(field);
  tell(field, told(fresh));
  if (isAnswered) fill(field, told(fresh));
  if (fresh.type !== "checkbox") return;
  const [label, news] = [field, fresh].map((input) => input.closest("label"));
  label.className = news.className;
  label.lastElementChild.textContent = news.lastElementChild.textContent;
}

// A link leads on from what the page shows. What was chosen since and is not answered yet goes along, and the
// fields say at once where it leads, so that neither undoes the other.
function follow(link, request) {
  const address = new URL(request.path, location.href);
  const query = address.searchParams;
  const clears = link.matches("[data-clears]");
  const unanswered = fieldsOf(form).filter((field) => said(field) !== told(field));
  for (const field of form.querySelectorAll("input[name]:not([type=hidden])")) {
    const wanted = readFrom(query, field);
    if (clears || wanted !== told(field)) fill(field, wanted);
  }
  if (clears || !unanswered.length) return;
  for (const field of unanswered) writeTo(query, field);
  if (unanswered.includes(words)) query.delete("exact");
  request.path = address.pathname + address.search;
}

// The results have come with an order and words of their own, beside those chosen meanwhile.
function keepChoosing() {
  const order = form.elements.sort;
  if ([...order.options].some(({ value }) => value === orderChosen)) order.value = orderChosen;
  if (said(words) !== told(words)) form.elements.exact?.remove();
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
words.addEventListener("input", () => form.elements.exact?.remove());

if (window.htmx) {
  followHistory();
  form.classList.add("listing-live");
  form.querySelectorAll("[data-live]").forEach(replaceLive);

  const remember = () => (sent = new Map(fieldsOf(form).map((field) => [keyOf(field), said(field)])));
  remember();
  form.addEventListener("htmx:confirm", (event) => {
    // A link may have taken along what the form was about to ask for, and must not be replaced by it.
    const { elt, triggeringEvent } = event.detail;
    if (elt === form && triggeringEvent.type === "change" && fieldsOf(form).every(isAsked)) event.preventDefault();
  });
  form.addEventListener("htmx:configRequest", ({ target, detail }) => {
    if (target !== form) follow(target, detail);
  });
  form.addEventListener("htmx:beforeRequest", () => {
    // Said again even where it is the same as before.
    status.textContent = "";
    remember();
  });
  results.addEventListener("htmx:beforeSwap", () => {
    orderChosen = isAsked(form.elements.sort) ? undefined : form.elements.sort.value;
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
    keepChoosing();
    goOn(detail.requestConfig.elt);
    say();
  });
  for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout", "htmx:swapError"]) {
    form.addEventListener(failure, ({ detail }) => location.assign(detail.pathInfo.finalRequestPath));
  }
}
