// Everything works without this file; it only makes some things quicker.

// What is wrong with a form is where to begin.
document.querySelector("[role=alert][tabindex]")?.focus();

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

if (navigator.share) {
  for (const link of document.querySelectorAll("[data-share]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      navigator.share({ title: document.title, url: location.href }).catch(() => {});
    });
  }
}

// A position is rounded to some hundred metres before it leaves the browser.
for (const button of document.querySelectorAll("[data-position]")) {
  if (!navigator.geolocation) continue;
  const field = document.getElementById(button.dataset.position);
  button.hidden = false;
  button.addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        field.value = `${coords.latitude.toFixed(3)},${coords.longitude.toFixed(3)}`;
        field.form.requestSubmit();
      },
      () => field.focus(),
    );
  });
}

// An empty field says nothing, so it stays out of the address.
for (const form of document.querySelectorAll("form:not([method])")) {
  form.addEventListener("formdata", ({ formData }) => {
    for (const [name, value] of [...formData]) if (!value) formData.delete(name);
  });
}

for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(field.value);
    button.textContent = button.dataset.copied;
  });
}

// That somebody rang, wrote or went on to the enterprise's own site: a number, sent without waiting.
const counted = document.querySelector("[data-clicks]");
if (counted && navigator.sendBeacon) {
  const tell = ({ target, type, button }) => {
    const link = target.closest("[data-contact]");
    if (!link || (type === "auxclick" && button !== 1)) return;
    const { clicks, enterprise } = counted.dataset;
    navigator.sendBeacon(clicks, new URLSearchParams({ enterprise, what: link.dataset.contact }));
  };
  document.addEventListener("click", tell);
  document.addEventListener("auxclick", tell);
}
