"""What a service refuses stands on the form that asked for it."""

from __future__ import annotations

import pytest
from django import forms

from reachable.foundation.errors import BadInput, Conflict, ReachableError
from reachable.foundation.views import add_errors


def bound() -> forms.Form:
    form = forms.Form({})
    assert form.is_valid()
    return form


def test_the_sentence_stands_on_the_form_and_the_view_goes_on() -> None:
    form = bound()
    with add_errors(form):
        raise BadInput("Too long.", kept="Nothing was kept.", next="Shorten it.")
    assert form.non_field_errors() == ["Too long. Nothing was kept. Shorten it."]


@pytest.mark.parametrize("kinds", [(), (Conflict,)])
def test_an_error_that_was_not_named_goes_past_the_form(
    kinds: tuple[type[ReachableError], ...],
) -> None:
    form = bound()
    error = BadInput("Wrong.") if kinds else Conflict("Somebody was faster.")
    with pytest.raises(type(error)), add_errors(form, *kinds):
        raise error
    assert not form.errors


def test_those_that_were_named_stand_on_it() -> None:
    for error in (BadInput("Wrong."), Conflict("Somebody was faster.")):
        form = bound()
        with add_errors(form, BadInput, Conflict):
            raise error
        assert form.non_field_errors() == [str(error)]
