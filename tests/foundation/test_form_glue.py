"""Forms as GOV.UK components."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django import forms
from django.template import engines

from reachable.foundation.fields import ClockTimeField, DayField, Hinted
from reachable.foundation.form_glue import error_list, field_parts

PAGE = """
{% from "foundation/components/form.html" import form_errors, form_fields %}
{{ form_errors(form) }}{{ form_fields(form) }}
"""


class Form(forms.Form):
    name = forms.CharField(label="Who is it?", help_text="A first name is enough.")
    born = DayField(label="Date of birth", required=False)
    at = ClockTimeField(label="At what time?")
    what = forms.ChoiceField(
        label="What happened?",
        widget=forms.RadioSelect,
        choices=[("a", "Arrested"), ("v", Hinted("Voluntary", "By appointment"))],
    )
    needs = forms.MultipleChoiceField(
        label="Needs", required=False, widget=forms.CheckboxSelectMultiple, choices=[("s", "Sign")]
    )
    place = forms.ChoiceField(label="Station", choices=[("", "Choose"), ("f", "Fenmarch")])
    more = forms.CharField(label="More", required=False, widget=forms.Textarea)
    file = forms.FileField(label="File", required=False)
    word = forms.CharField(label="Password", widget=forms.PasswordInput)
    told = forms.BooleanField(label="The child was told")
    hidden = forms.CharField(widget=forms.HiddenInput, required=False)


def drawn(form: forms.Form) -> str:
    template = engines["jinja2"].from_string(PAGE)
    return str(template.render({"form": form}))


@pytest.mark.parametrize(
    ("name", "macro"),
    [
        ("name", "input"),
        ("born", "date"),
        ("at", "input"),
        ("what", "radios"),
        ("needs", "checkboxes"),
        ("place", "select"),
        ("more", "textarea"),
        ("file", "file"),
        ("word", "password"),
        ("told", "checkboxes"),
    ],
)
def test_each_widget_finds_its_component(name: str, macro: str) -> None:
    assert field_parts(Form()[name])["macro"] == macro


def test_optional_fields_say_so_and_required_ones_do_not() -> None:
    html = drawn(Form())
    assert "Date of birth (optional)" in html
    assert "Who is it? (optional)" not in html


def test_every_error_leads_to_the_control_that_it_is_about() -> None:
    form = Form({"what": "v", "born-day": "31", "born-month": "2", "born-year": "2011"})
    html = drawn(form)
    for error in error_list(form):
        assert f'id="{error["href"][1:]}"' in html
    assert "“Who is it?” needs an answer" in html
    assert "There is no such date: 31 2 2011" in html


def test_the_three_boxes_of_a_date_are_sent_by_the_names_that_the_form_reads() -> None:
    names = re.findall(r'<input[^>]* name="([^"]*)"', drawn(Form()))
    boxes = [name for name in names if name.endswith(("day", "month", "year"))]
    sent = dict(zip(boxes, ("31", "3", "2012"), strict=True))
    form = Form(sent)
    form.full_clean()
    assert form.cleaned_data["born"] == date(2012, 3, 31)


def test_what_was_typed_comes_back_as_text() -> None:
    html = drawn(Form({"name": "<script>alert(1)</script>", "more": "</textarea><b>"}))
    assert "<script>" not in html
    assert "</textarea><b>" not in html
    assert "&lt;script&gt;" in html


def test_a_password_never_comes_back() -> None:
    assert "letmein" not in drawn(Form({"word": "letmein"}))


def test_choices_keep_what_was_chosen_and_their_hints() -> None:
    html = drawn(Form({"what": "v", "needs": ["s"], "place": "f"}))
    assert html.count(" checked") == 2
    assert html.count(" selected") == 1
    assert "By appointment" in html


def test_a_browser_is_asked_not_to_remember_other_peoples_details() -> None:
    parts: dict[str, Any] = field_parts(Form()["name"])
    assert parts["params"]["autocomplete"] == "off"


def test_the_errors_of_the_whole_form_come_first() -> None:
    form = Form({})
    form.full_clean()
    form.add_error(None, "These two do not go together.")
    assert error_list(form)[0] == {"text": "These two do not go together."}
