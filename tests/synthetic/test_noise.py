from datetime import date
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from reachable.synthetic.noise import FORMULAS, NONE, NORMAL, Blur, typo


@given(st.text(min_size=1), st.integers())
def test_a_typo_keeps_the_first_letter_and_changes_little(word, seed):
    slipped = typo(Random(seed), word)
    assert slipped[0] == word[0]
    assert abs(len(slipped) - len(word)) <= 1


@given(
    st.text(
        "abcdefghij",
        min_size=3,
        max_size=12,
    ),
    st.integers(),
)
def test_a_typo_seldom_leaves_a_word_as_it_was(word, seed):
    rng = Random(seed)
    assert any(typo(rng, word) != word for _ in range(20))


def test_without_noise_people_are_written_as_they_are(fenmarch):
    blur = Blur(Random(1), NONE, fenmarch.children)
    for child in fenmarch.children[:200]:
        written = blur.identity(child, fenmarch.starts)
        assert written.faults == ()
        assert written.values["birth_date"] == child.birth_date
        assert written.values["local_id"] in child.police_ids
        assert f"{written.values['given_names']} {written.values['family_name']}" in (
            f"{child.name.given_names} {child.name.family}",
        )


def test_every_fault_of_a_person_occurs(fenmarch):
    blur = Blur(Random(1), NORMAL, fenmarch.children)
    faults: set[str] = set()
    for child in fenmarch.children:
        faults.update(blur.identity(child, date(2026, 10, 1)).faults)
    assert faults == {
        "accents_lost", "birth_date_missing", "birth_date_typo", "birth_day_month_swapped",
        "capitals", "family_typo", "given_typo", "half_double_name", "local_id_missing",
        "local_id_wrong", "nhs_number_wrong", "nickname", "no_address", "old_address",
        "postcode_missing", "postcode_typo", "sex_unknown", "swapped_family_first",
        "swapped_order",
    }  # fmt: skip


def test_formulas_are_what_a_spreadsheet_would_run():
    assert all(text[0] in "=+@-" for text in FORMULAS)
