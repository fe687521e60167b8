"""Voices for a browser that has none, as those of the tests: they say nothing, and note what they
would have said."""

from __future__ import annotations

import json

from playwright.sync_api import BrowserContext

_VOICES = """(() => {
  const voices = %s;
  window.spoken = [];
  window.stopped = 0;
  window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
  Object.defineProperty(window, "speechSynthesis", { value: {
    getVoices: () => voices,
    speak: (one) => window.spoken.push(one),
    cancel: () => { window.stopped += 1; },
    addEventListener: () => undefined,
  }});
})()"""


def give_voices(context: BrowserContext, *voices: tuple[str, bool]) -> None:
    """Give it voices, each by its language and whether it works without signal."""
    made = [{"lang": tag, "localService": local, "name": tag} for tag, local in voices]
    context.add_init_script(_VOICES % json.dumps(made))
