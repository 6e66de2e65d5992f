// On a narrow screen the filters open as a sheet over the page. Without this file they fold out in it.
const form = document.getElementById("listing-form");
const filters = document.getElementById("filtre");
const sheet = document.getElementById("filtre-ark");
const status = document.getElementById("besked");
const body = filters.querySelector(".filters-body");
const opener = filters.querySelector("summary");
const wide = matchMedia("(min-width: 52rem)");

opener.setAttribute("role", "button");
opener.setAttribute("aria-haspopup", "dialog");
opener.addEventListener("click", (event) => {
  if (wide.matches) return;
  event.preventDefault();
  // What is said while the sheet is open must be said from inside it: the rest of the page is out of reach.
  sheet.append(body, status);
  sheet.showModal();
});

sheet.addEventListener("close", () => {
  filters.append(body);
  form.append(status);
});
sheet.addEventListener("click", ({ target }) => {
  // Beside the sheet is the sheet's own backdrop.
  if (target === sheet || target.closest("[data-close]")) sheet.close();
});
form.addEventListener("click", (event) => {
  if (!event.target.closest("#filtre-vis") || !form.matches(".listing-live")) return;
  // All of it is shown already, behind the sheet.
  event.preventDefault();
  sheet.close();
  const results = document.getElementById("resultater");
  results.scrollIntoView();
  results.focus({ preventScroll: true });
});
wide.addEventListener("change", () => sheet.close());
