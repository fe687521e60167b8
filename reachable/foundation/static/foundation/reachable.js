// Starts the GOV.UK components. Nothing on a page depends on it: it only makes pages quicker to use.
import { initAll } from "../vendor/govuk-frontend.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();

// What htmx puts into the page gets its components too.
document.body.addEventListener("htmx:load", (event) => {
  if (event.target !== document.body) initAll({ scope: event.target });
});

// An open account menu closes with Escape or with a press beside it, as people expect of menus.
const account = document.querySelector("details.account");
if (account) {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && account.open) {
      account.open = false;
      account.querySelector("summary").focus();
    }
  });
  document.addEventListener("click", (event) => {
    if (!account.contains(event.target)) account.open = false;
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
