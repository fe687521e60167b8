"""What people answer who ask about a child whom they do not see, and who review it."""

from __future__ import annotations

from django import forms

from reachable.foundation.fields import DayField
from reachable.people.access_forms import reason_box
from reachable.people.asking import Described
from reachable.people.emergency import LONGEST, USUAL


class AskForm(forms.Form):
    given_names = forms.CharField(label="Given names", max_length=100)
    family_name = forms.CharField(label="Family name", max_length=100)
    birth_date = DayField(label="Born on")
    reason = reason_box(
        "Why do you need to know about this very child?",
        "A sentence. Information governance reads it, and who works with the child hears that "
        "you asked.",
        600,
    )

    def described(self) -> Described:
        given = self.cleaned_data
        return Described(given["given_names"], given["family_name"], given["birth_date"])


class EmergencyForm(forms.Form):
    reason = reason_box(
        "Why must you see this child’s record at once?",
        "A sentence: what may happen to the child if you first ring. Information governance "
        "reads it, and asks you if it is not clear.",
        600,
    )
    hours = forms.IntegerField(
        label="For how many hours?",
        min_value=1,
        max_value=LONGEST,
        initial=USUAL,
        widget=forms.NumberInput(attrs={"width": 3}),
        help_text=f"At most {LONGEST}. You can end it before.",
    )


class ReviewForm(forms.Form):
    justified = forms.ChoiceField(
        label="Was it right to open the record?",
        choices=[("yes", "Yes, it was justified"), ("no", "No, it was not justified")],
        widget=forms.RadioSelect,
    )
    note = reason_box("Why, and what follows from it?", "It stays beside the access.", 600)
