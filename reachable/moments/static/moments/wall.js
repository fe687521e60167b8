// Says so when nothing fresh has come to the wall: a picture that has stopped must not look alive.
const stale = document.getElementById("wall-stale");
const after = Number(stale.dataset.after) * 1000;
let last = performance.now();

document.body.addEventListener("htmx:afterSwap", () => {
  last = performance.now();
});
// An answer without the wall, such as the sign-in page, must not wipe away what is on it.
document.body.addEventListener("htmx:beforeSwap", (event) => {
  if (!event.detail.serverResponse.includes('id="wall"')) event.detail.shouldSwap = false;
});
setInterval(() => {
  stale.hidden = performance.now() - last < after;
}, 1000);
