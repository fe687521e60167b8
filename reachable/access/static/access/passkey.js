/** Asks the browser for a passkey, or to make one, and sends what it answers with the form. */

const toBytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (each) => each.charCodeAt(0));

const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");

const named = (list = []) => list.map((each) => ({ ...each, id: toBytes(each.id) }));

function answered(credential) {
  const { response } = credential;
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const held = parts.filter((part) => response[part]).map((part) => [part, toText(response[part])]);
  return JSON.stringify({
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    response: Object.fromEntries(held),
    clientExtensionResults: credential.getClientExtensionResults(),
  });
}

function make({ publicKey }) {
  return navigator.credentials.create({
    publicKey: {
      ...publicKey,
      challenge: toBytes(publicKey.challenge),
      user: { ...publicKey.user, id: toBytes(publicKey.user.id) },
      excludeCredentials: named(publicKey.excludeCredentials),
    },
  });
}

function ask({ publicKey }) {
  return navigator.credentials.get({
    publicKey: {
      ...publicKey,
      challenge: toBytes(publicKey.challenge),
      allowCredentials: named(publicKey.allowCredentials),
    },
  });
}

/** Why no passkey can be used on this page, as for those who try it out at a bare address. */
function whyNot() {
  if (/^[\d.]+$|:/.test(location.hostname)) {
    const name = location.hostname === "127.0.0.1" ? ` Open http://localhost:${location.port} instead.` : "";
    return `A passkey belongs to a name, and this page was opened by an address.${name}`;
  }
  if (!window.PublicKeyCredential) {
    return "This browser knows no passkeys here. Use another way, or another browser.";
  }
  return "";
}

function prepare(form) {
  const said = form.querySelector("[data-passkey-said]");
  const reason = whyNot();
  if (reason) {
    said.textContent = reason;
    form.querySelector("button").disabled = true;
    return;
  }
  form.addEventListener("submit", async (event) => {
    if (form.elements.answer.value || !form.reportValidity()) return;
    event.preventDefault();
    said.textContent = "Your browser or your phone asks you now.";
    try {
      const asked = JSON.parse(form.dataset.asked);
      const credential = await (form.dataset.passkey === "make" ? make(asked) : ask(asked));
      form.elements.answer.value = answered(credential);
      form.submit();
    } catch (error) {
      said.textContent =
        error.name === "InvalidStateError"
          ? "This browser or phone has a passkey of yours already. Nothing was changed."
          : "No passkey was used, and nothing was changed. Try again, or use another way.";
    }
  });
}

document.querySelectorAll("form[data-passkey]").forEach(prepare);
