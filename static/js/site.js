// Everything works without this file; it only makes some things quicker.
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

// A choice in the list of orders is enough; the button is for those without scripts.
for (const select of document.querySelectorAll(".sort select")) {
  select.parentElement.querySelector("button").hidden = true;
  select.addEventListener("change", () => select.form.requestSubmit());
}
