"""What is read out of a screen: names, roles, their order, and what is said by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import BrowserContext, Page

CONTROLS = {"button", "textbox", "checkbox", "radio", "combobox", "link", "DisclosureTriangle"}
_LISTEN = """(() => {
  window.announced = [];
  const live = "[role=status], [role=alert], [aria-live=polite], [aria-live=assertive]";
  const said = new Map();
  const say = (region) => {
    const text = region.textContent.replace(/\\s+/g, " ").trim();
    if (text && said.get(region) !== text) window.announced.push(text);
    said.set(region, text);
  };
  new MutationObserver((changes) => {
    for (const { target, addedNodes } of changes) {
      const at = target.nodeType === Node.ELEMENT_NODE ? target : target.parentElement;
      const region = at?.closest(live);
      if (region) say(region);
      for (const node of addedNodes) {
        if (node.nodeType !== Node.ELEMENT_NODE) continue;
        for (const each of [node, ...node.querySelectorAll("*")]) if (each.matches(live)) say(each);
      }
    }
  }).observe(document, { subtree: true, childList: true, characterData: true });
})()"""


@dataclass(frozen=True)
class Heard:
    """One thing that is read out."""

    role: str
    name: str
    focused: bool = False
    level: int = 0


def listen(context: BrowserContext) -> None:
    """Note from now on what live regions say."""
    context.add_init_script(_LISTEN)


def announced(page: Page) -> list[str]:
    said: list[str] = page.evaluate("window.announced")
    return said


def heard(page: Page) -> list[Heard]:
    """Return what the browser hands to a screen reader, in the order in which it is read."""
    control = page.context.new_cdp_session(page)
    nodes = {each["nodeId"]: each for each in _tree(control)}
    root = next(each for each in nodes.values() if "parentId" not in each)
    found: list[Heard] = []
    waiting = [root]
    while waiting:
        node = waiting.pop()
        waiting += [nodes[each] for each in reversed(node.get("childIds", ())) if each in nodes]
        if not node["ignored"]:
            found.append(_heard(node))
    control.detach()
    return found


def _tree(control: Any) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = control.send("Accessibility.getFullAXTree")["nodes"]
    return nodes


def _heard(node: dict[str, Any]) -> Heard:
    properties = {each["name"]: each["value"].get("value") for each in node.get("properties", ())}
    return Heard(
        role=str(node["role"]["value"]),
        name=str(node.get("name", {}).get("value", "")),
        focused=bool(properties.get("focused")),
        level=int(properties.get("level") or 0),
    )
