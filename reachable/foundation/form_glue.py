"""Django forms as parameters of the GOV.UK macros.

A template says `form_field(form["school"])`; which macro draws it follows from the widget, so that
a form is declared once, in Python. Attributes of the widget (autocomplete, inputmode, spellcheck)
go through, and two are ours: `rows`, and `width` (2, 3, 4, 5, 10 or 20 characters).
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from reachable.foundation.fields import DayInput, Hinted

_AUTOCOMPLETE_OFF = "off"
_DJANGO_REQUIRED = forms.Field.default_error_messages["required"]


def field_parts(field: BoundField, **extra: Any) -> dict[str, Any]:
    """Return `{"macro": …, "params": …}`; `extra` overrides parameters, such as a larger legend."""
    macro, own = _by_widget(field)
    params: dict[str, Any] = {"name": field.html_name, **own}
    if field.help_text:
        params["hint"] = {"text": field.help_text}
    if errors := _errors(field):
        params["errorMessage"] = {"text": " ".join(errors)}
    return {"macro": macro, "params": params | extra}


def error_list(form: forms.BaseForm) -> list[dict[str, str]]:
    """Return the errors for the summary: of the whole form, then each leading to its field."""
    whole = [{"text": str(error)} for error in form.non_field_errors()]
    each = [
        {"text": error, "href": f"#{_first_control(form[name])}"}
        for name in form.fields
        for error in _errors(form[name])
    ]
    return whole + each


def _errors(field: BoundField) -> list[str]:
    """Django's "This field is required." does not say which, so it becomes a sentence that does."""
    return [
        f"“{field.label}” needs an answer" if said == _DJANGO_REQUIRED else str(said)
        for said in field.errors
    ]


def _by_widget(field: BoundField) -> tuple[str, dict[str, Any]]:
    widget = field.field.widget
    control = field.id_for_label or field.auto_id or field.html_name
    attributes = {key: value for key, value in widget.attrs.items() if key not in _OURS}
    label = _label(field)
    if isinstance(widget, DayInput):
        named = {"id": field.auto_id, "namePrefix": field.html_name}
        return "date", {**named, "fieldset": _legend(field), "items": _day_items(field)}
    if isinstance(widget, forms.CheckboxSelectMultiple):
        return "checkboxes", _choices(field, attributes)
    if isinstance(widget, forms.RadioSelect):
        return "radios", _choices(field, attributes)
    if isinstance(widget, forms.CheckboxInput):
        ticked = {"value": "on", "text": field.label, "checked": bool(field.value())}
        return "checkboxes", {"idPrefix": control, "items": [ticked], "attributes": attributes}
    own: dict[str, Any] = {"id": control, "label": label, "attributes": attributes}
    if isinstance(widget, forms.ClearableFileInput | forms.FileInput):
        return "file", own
    value = field.value()
    own["value"] = "" if value is None else value
    if isinstance(widget, forms.Select):
        return "select", own | {"items": _options(field)}
    if isinstance(widget, forms.Textarea):
        return "textarea", own | {"rows": str(widget.attrs.get("rows", 4))}
    if isinstance(widget, forms.PasswordInput):
        own["value"] = ""
        return "password", own | {"autocomplete": widget.attrs.get("autocomplete")}
    return "input", own | _input(widget)


_OURS = {"rows", "cols", "width", "autocomplete", "inputmode", "spellcheck", "type", "id"}


def _input(widget: forms.Widget) -> dict[str, Any]:
    width = widget.attrs.get("width")
    return {
        "type": widget.attrs.get("type", getattr(widget, "input_type", "text")),
        # These pages hold other people's details: a browser should not offer to remember them.
        "autocomplete": widget.attrs.get("autocomplete", _AUTOCOMPLETE_OFF),
        "inputmode": widget.attrs.get("inputmode"),
        "spellcheck": widget.attrs.get("spellcheck"),
        "classes": f"govuk-input--width-{width}" if width else "",
    }


def _all_optional(field: BoundField) -> bool:
    """Where everything can be skipped the page says so once, and not beside each field."""
    return bool(getattr(field.form, "all_optional", False))


def _label(field: BoundField) -> dict[str, str]:
    said = field.field.required or field.label.endswith(")") or _all_optional(field)
    optional = "" if said else " (optional)"
    return {"text": f"{field.label}{optional}", "classes": "govuk-label--s"}


def _legend(field: BoundField) -> dict[str, Any]:
    label = _label(field)
    return {"legend": {"text": label["text"], "classes": "govuk-fieldset__legend--s"}}


def _choices(field: BoundField, attributes: dict[str, Any]) -> dict[str, Any]:
    return {
        "idPrefix": field.auto_id,
        "fieldset": _legend(field),
        "items": [item for item in _options(field) if item["value"] != ""],
        "attributes": attributes,
    }


def _options(field: BoundField) -> list[dict[str, Any]]:
    """Options one under another, each with its hint where its text is `Hinted`."""
    value = field.value()
    chosen = {str(one) for one in value} if isinstance(value, list | tuple | set) else {str(value)}
    if value is None:
        chosen = {""}
    options = []
    for choice, text in getattr(field.field, "choices", ()):
        option: dict[str, Any] = {"value": str(choice), "text": str(text)}
        if str(choice) in chosen:
            option |= {"checked": True, "selected": True}
        if isinstance(text, Hinted):
            option["hint"] = {"text": text.hint}
        options.append(option)
    return options


def _day_items(field: BoundField) -> list[dict[str, Any]]:
    parts = field.field.widget.decompress(field.value())
    wrong = "govuk-input--error" if field.errors else ""
    return [
        {
            "name": name,
            "label": name.capitalize(),
            "id": f"{field.auto_id}_{name}",
            "classes": f"govuk-input--width-{4 if name == 'year' else 2} {wrong}",
            "value": part,
            "autocomplete": _AUTOCOMPLETE_OFF,
        }
        for name, part in zip(DayInput.parts, parts, strict=True)
    ]


def _first_control(field: BoundField) -> str:
    if isinstance(field.field.widget, DayInput):
        return f"{field.auto_id}_{DayInput.parts[0]}"
    return field.auto_id or field.html_name
