// An editor's form: counts characters, keeps a draft while one types, and shows the way to what is wrong.
// Without this file the form is saved by its button, and the limits stand in words.
const WAIT = 1500;

for (const hint of document.querySelectorAll("[data-limit-of]")) {
  const field = document.getElementById(hint.dataset.limitOf);
  const count = () => {
    const left = Number(hint.dataset.limit) - [...field.value].length;
    hint.textContent = (left < 0 ? hint.dataset.over : hint.dataset.left).replace("#", Math.abs(left));
    hint.classList.toggle("limit-over", left < 0);
  };
  field.addEventListener("input", count);
  count();
}

document.querySelector("[role=alert]")?.focus();

const form = document.querySelector("[data-autosave]");
if (form) {
  const told = form.querySelector("[data-saved]");
  const revision = form.elements.revision;
  let timer;
  let sending = Promise.resolve();
  let isDirty = false;
  let isSending = false;

  const send = async (leaving) => {
    if (!isDirty) return;
    isDirty = false;
    isSending = true;
    const typed = new FormData(form);
    typed.set("action", "draft");
    try {
      const answer = await fetch(location.pathname, {
        method: "POST",
        body: new URLSearchParams(typed),
        keepalive: leaving,
        signal: AbortSignal.timeout(10_000),
      });
      if (answer.redirected || !answer.headers.get("Content-Type")?.includes("json")) throw new Error("no draft");
      const said = await answer.json();
      if (said.revision) revision.value = said.revision;
      told.textContent = said.told;
    } catch {
      isDirty = true;
      told.textContent = form.dataset.offline;
    }
    isSending = false;
  };
  // One after the other, so that each knows the revision the one before made.
  const keep = (leaving = false) => (sending = sending.then(() => send(leaving)));

  form.addEventListener("input", () => {
    isDirty = true;
    clearTimeout(timer);
    timer = setTimeout(keep, WAIT);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") keep(true);
  });
  form.querySelector("[data-preview]")?.addEventListener("pointerdown", () => keep());

  // What is under way must arrive before the page is sent, or its revision would be out of date.
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    isDirty = false;
    if (!isSending) return;
    event.preventDefault();
    // Later, since a form cannot be sent from within its own event.
    sending.then(() => setTimeout(() => form.requestSubmit(event.submitter)));
  });
}
