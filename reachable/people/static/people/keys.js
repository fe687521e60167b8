// Single keys of a review. The page works without them; they can be switched off, and do nothing
// while somebody writes.
const KEPT = "reachable.keys";
const about = document.querySelector("[data-keys]");
const help = about?.querySelector("[data-keys-help]");
const button = about?.querySelector("[data-keys-switch]");
const form = document.querySelector("form[data-decide]");

const isOn = () => {
  try {
    return localStorage.getItem(KEPT) !== "off";
  } catch {
    return true;
  }
};

const show = (on) => {
  button.setAttribute("aria-pressed", String(on));
  button.textContent = on ? "Single keys: on" : "Single keys: off";
};

const all = (name) => [...(form?.querySelectorAll(`input[name="${name}"]`) ?? [])];
const people = all("same_as").filter((each) => !["nobody", "unsure"].includes(each.value));

const choose = (input) => {
  if (!input) return;
  input.checked = true;
  input.focus();
};

const actions = {
  s: () => choose(people[(people.findIndex((each) => each.checked) + 1) % people.length]),
  d: () => choose(all("same_as").find((each) => each.value === "nobody")),
  n: () => choose(all("same_as").find((each) => each.value === "unsure")),
  r: () => form?.querySelector("textarea")?.focus(),
  j: () => document.querySelector("[data-key-next]")?.click(),
  k: () => document.querySelector("[data-key-previous]")?.click(),
  "?": () => {
    help.open = !help.open;
    help.querySelector("summary").focus();
  },
};

const isWriting = (at) =>
  at instanceof Element &&
  at.closest("textarea, select, [contenteditable], input:not([type=radio]):not([type=checkbox])");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return;
  if (!isOn() || isWriting(event.target) || event.target.closest?.(".top")) return;
  const key = event.key.toLowerCase();
  const reason = /^[1-6]$/.test(key) && all("quick")[Number(key) - 1];
  if (!reason && !Object.hasOwn(actions, key)) return;
  event.preventDefault();
  if (reason) choose(reason);
  else actions[key]();
});

if (about) {
  about.hidden = false;
  show(isOn());
  button.addEventListener("click", () => {
    const on = !isOn();
    try {
      localStorage.setItem(KEPT, on ? "on" : "off");
    } catch {
      // Without storage the choice cannot be kept, and the keys stay as they are.
      return;
    }
    show(on);
  });
}
