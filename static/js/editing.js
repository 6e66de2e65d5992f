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

const preview = document.querySelector("[data-live-preview]");
function showAgain() {
  // Where it is not seen it has not been loaded.
  if (!preview?.checkVisibility() || preview.contentWindow.location.protocol === "about:") return;
  const { scrollY } = preview.contentWindow;
  const goOn = () => preview.contentWindow.scrollTo({ top: scrollY, behavior: "instant" });
  preview.addEventListener("load", goOn, { once: true });
  preview.contentWindow.location.reload();
}

const form = document.querySelector("[data-autosave]");
if (form) {
  const told = form.querySelector("[data-saved]");
  const revision = form.elements.revision;
  let timer;
  let sending = Promise.resolve();
  let isDirty = false;
  let isSending = false;
  let isLoggedOut = false;

  // Logging in again changes the token that forms carry.
  const isBack = async () => {
    const answer = await fetch(location.pathname);
    if (answer.redirected || !answer.ok) return false;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const token = page.querySelector("[data-autosave] [name=csrfmiddlewaretoken]");
    if (token) form.elements.csrfmiddlewaretoken.value = token.value;
    isLoggedOut = !token;
    return !isLoggedOut;
  };

  const post = (leaving) => {
    const typed = new FormData(form);
    typed.set("action", "draft");
    return fetch(location.pathname, {
      method: "POST",
      body: new URLSearchParams(typed),
      keepalive: leaving,
      signal: AbortSignal.timeout(10_000),
    });
  };

  const send = async (leaving) => {
    if (!isDirty) return;
    isDirty = false;
    isSending = true;
    try {
      let answer = await post(leaving);
      if (answer.status === 403 && (await isBack())) answer = await post(leaving);
      isLoggedOut = answer.status === 401;
      const said = await answer.json();
      if (said.revision) revision.value = said.revision;
      told.textContent = isLoggedOut ? form.dataset.loggedOut : said.told;
      if (answer.ok) showAgain();
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
    if (!isSending && !isLoggedOut) return;
    event.preventDefault();
    sending
      .then(() => !isLoggedOut || isBack())
      .catch(() => false)
      .then((mayGo) => {
        if (!mayGo) told.textContent = form.dataset.loggedOut;
        // Later, since a form cannot be sent from within its own event.
        else setTimeout(() => form.requestSubmit(event.submitter));
      });
  });
}
