// Starts the GOV.UK components. Nothing on a page depends on it: it only makes pages quicker to use.
import { initAll } from "../vendor/govuk-frontend.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();

// What htmx puts into the page gets its components too.
document.body.addEventListener("htmx:load", (event) => {
  if (event.target !== document.body) initAll({ scope: event.target });
});

// An open menu closes with Escape or with a press beside it, as people expect of menus.
for (const menu of document.querySelectorAll("details.account, details.top__menu")) {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// Whoever types for a long time is there, though nothing was sent yet: their sign-in goes on.
const hereEvery = 5 * 60 * 1000;
const stillHere = document.body.dataset.stillHere;
let saidHere = Date.now();
if (stillHere) {
  document.addEventListener("input", () => {
    if (Date.now() - saidHere < hereEvery) return;
    saidHere = Date.now();
    fetch(stillHere, { redirect: "manual" }).catch(() => {});
  });
}
