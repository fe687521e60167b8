"""What a child is told: entered in a language, checked, out of date, shown, on a card."""

from __future__ import annotations

import io
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest
from docx import Document
from docx.oxml.ns import qn

from reachable.audit.models import Entry
from reachable.conversations import cards, child_words, services
from reachable.conversations.models import Card, Translation, TranslationCheck
from reachable.conversations.rules import languages
from reachable.conversations.rules.translations import lines_of, state_of, wrong_with
from reachable.foundation import documents
from reachable.foundation.errors import BadInput, Conflict, Forbidden, NotFound
from reachable.practice import guidance
from tests.support.child_words import STOP, enter
from tests.support.conversations import writing
from tests.support.queries import queries_of
from tests.support.world import World

pytestmark = pytest.mark.db
ALWAYS = {"here_for_you", "stop", "skip", "write_down", "danger", "come_back", "complain"}


def html(answer: Any) -> str:
    return unescape(str(answer.content, "utf-8"))


def keys(shown: Any) -> list[str]:
    return [each.key for each in shown]


def test_how_a_translation_stands() -> None:
    assert state_of(of_digest="a", words_digest="a", is_checked=True) == "checked"
    assert state_of(of_digest="a", words_digest="a", is_checked=False) == "not_checked"
    assert state_of(of_digest="a", words_digest="b", is_checked=True) == "out_of_date"
    assert lines_of(" One.\r\n\n  Two   three. \n") == ("One.", "Two three.")
    assert wrong_with("Stop.", ("Stop.",)) == ()
    assert wrong_with("", ()) == ("A translation has a sentence to say, and lines to read.",)
    assert "161 letters; 160 is the most" in wrong_with("Stop.", ("x" * 161,))[0]
    assert "9 lines; 8 is the most" in wrong_with("Stop.", ("x",) * 9)[0]


def test_languages_say_which_way_they_are_written() -> None:
    rtl = {each.key for each in languages.LANGUAGES if each.rtl}
    assert rtl == {"ar", "ckb", "fa", "pnb", "ps", "ur"}
    assert len(languages.BY_KEY) == len(languages.LANGUAGES)
    assert languages.direction("und") == "ltr"


def test_a_child_sees_a_translation_only_once_it_was_checked(world: World) -> None:
    lead = world.actor("lead")
    enter(by=lead, language="ar", key="stop", checked=False)
    before = {each.key: each for each in child_words.shown(by=lead, language="ar", told=())}
    assert before["stop"].language == "en"
    assert child_words.languages_there(by=lead) == (languages.BY_KEY["en"],)
    found = child_words.sentence(by=lead, language="ar", key="stop")
    assert found.state == "not_checked"
    assert found.entered is not None
    with pytest.raises(BadInput, match="Say who checked it"):
        child_words.check(
            by=lead,
            language="ar",
            key="stop",
            translation_id=found.entered.id,
            checked_by="  ",
        )
    child_words.check(
        by=lead,
        language="ar",
        key="stop",
        translation_id=found.entered.id,
        checked_by="Fenmarch Interpreting",
    )
    after = {each.key: each for each in child_words.shown(by=lead, language="ar", told=())}
    assert (after["stop"].language, after["stop"].easy[1]) == ("ar", "عندها نتوقف.")
    assert after["skip"].language == "en"
    assert [each.key for each in child_words.languages_there(by=lead)] == ["en", "ar"]
    assert list(Entry.objects.filter(action__startswith="words.").values_list("action", flat=True))
    assert TranslationCheck.objects.get().checked_by == "Fenmarch Interpreting"


def test_only_those_who_were_named_are_shown(world: World) -> None:
    by = world.actor("first")
    assert set(keys(child_words.shown(by=by, language="en", told=()))) == ALWAYS
    told = keys(child_words.shown(by=by, language="en", told=["school", "team", "nobody"]))
    assert set(told) == ALWAYS | {"told_school", "told_team"}
    assert told.index("write_down") < told.index("told_team") < told.index("danger")


def test_newer_words_count_at_once_and_the_older_ones_stay_on_record(world: World) -> None:
    lead = world.actor("lead")
    enter(by=lead, language="pl", key="stop")
    first = Translation.objects.get()
    with pytest.raises(Conflict, match="entered this sentence meanwhile"):
        child_words.enter(by=lead, language="pl", key="stop", say="Inaczej.", easy="Inaczej.")
    with pytest.raises(BadInput, match="entered already"):
        child_words.enter(
            by=lead, language="pl", key="stop", say=first.say, easy=STOP["pl"][1], seen=first.id
        )
    child_words.enter(
        by=lead, language="pl", key="stop", say="Inaczej.", easy="Inaczej.", seen=first.id
    )
    found = child_words.sentence(by=lead, language="pl", key="stop")
    assert found.entered is not None
    assert (found.entered.say, found.state) == ("Inaczej.", "not_checked")
    assert [(each.say, each.checked_by) for each in found.earlier] == [
        (first.say, "Fenmarch Interpreting")
    ]
    with pytest.raises(Conflict, match="not the words that count"):
        child_words.check(
            by=lead, language="pl", key="stop", translation_id=first.id, checked_by="Ala"
        )
    shown = child_words.shown(by=lead, language="pl", told=())
    assert {each.language for each in shown} == {"en"}


def test_words_whose_english_changed_are_out_of_date_until_they_are_entered_again(
    world: World,
) -> None:
    lead = world.actor("lead")
    enter(by=lead, language="pl", key="stop")
    # As it is after a release in which the English was another.
    Translation.objects.update(of_digest="0" * 64)
    found = child_words.sentence(by=lead, language="pl", key="stop")
    assert found.state == "out_of_date"
    assert found.entered is not None
    assert keys(child_words.shown(by=lead, language="pl", told=()))[1] == "stop"
    assert {each.language for each in child_words.shown(by=lead, language="pl", told=())} == {"en"}
    page = html(world.client("lead").get("/words/pl/"))
    assert "1 sentence is out of date" in page
    assert "Say who" not in page
    with pytest.raises(Conflict, match="not the words that count"):
        child_words.check(
            by=lead,
            language="pl",
            key="stop",
            translation_id=found.entered.id,
            checked_by="Ala",
        )
    say, easy = STOP["pl"]
    child_words.enter(by=lead, language="pl", key="stop", say=say, easy=easy, seen=found.entered.id)
    assert child_words.sentence(by=lead, language="pl", key="stop").state == "not_checked"


def test_who_keeps_the_directory_enters_and_everybody_reads(world: World) -> None:
    with pytest.raises(Forbidden):
        child_words.enter(
            by=world.actor("first"), language="pl", key="stop", say="Nie.", easy="Nie."
        )
    assert "/words/pl/stop/" not in html(world.client("first").get("/words/pl/"))
    assert world.client("first").get("/words/pl/stop/").status_code == 403
    assert "/words/pl/stop/" in html(world.client("lead").get("/words/pl/"))
    lead = world.actor("lead")
    for language, key in (("en", "stop"), ("xx", "stop"), ("pl", "nothing")):
        with pytest.raises(NotFound):
            child_words.enter(by=lead, language=language, key=key, say="Nie.", easy="Nie.")
        assert world.client("lead").get(f"/words/{language}/{key}/").status_code == 404
    assert world.client("lead").get("/words/en/").status_code == 404


def test_what_two_people_enter_is_not_written_over_unread(world: World) -> None:
    client, by = world.client("lead"), world.actor("lead")
    enter(by=by, language="pl", key="stop")
    stale = client.post("/words/pl/stop/", {"say": "Moje słowa.", "easy": "Moje.", "seen": ""})
    page = html(stale)
    assert stale.status_code == 422
    assert "Somebody else entered this sentence meanwhile" in page
    assert "Moje słowa." in page
    assert STOP["pl"][0] in page
    assert f'value="{Translation.objects.get().id}"' in page
    answers = {"say": "Moje słowa.", "easy": "Moje.", "seen": str(Translation.objects.get().id)}
    assert client.post("/words/pl/stop/", answers).status_code == 302
    assert Translation.objects.count() == 2


def test_every_script_says_which_language_it_is_and_which_way_it_runs(world: World) -> None:
    enter(by=world.actor("lead"), language="ar", key="stop")
    client = world.client("lead")
    for address in ("/words/", "/words/ar/", "/words/show/?language=ar&who=team"):
        page = html(client.get(address))
        assert 'lang="ar" dir="rtl"' in page, address
    form = html(client.get("/words/ar/stop/"))
    assert form.count('lang="ar" dir="rtl"') >= 3
    shown = html(client.get("/words/show/?language=ar&who=team"))
    assert "10 of these are not there in Arabic yet" not in shown
    assert "7 of these are not there in Arabic yet" in shown
    assert '<div class="shown" lang="en" dir="ltr">' in shown
    assert "Not there in Arabic yet" not in shown
    # Nothing of the one is on the page of the other.
    assert "police" not in shown.casefold().split('id="shown"')[1]
    assert queries_of(client, "/words/") == queries_of(client, "/words/")


def test_the_day_of_a_phone_holds_them_in_two_questions(world: World) -> None:
    by = world.actor("lead")
    enter(by=by, language="ar", key="stop")
    held = child_words.for_phone(by=world.actor("first"))
    assert [each["key"] for each in held["languages"]] == ["en", "ar"]
    assert held["languages"][1] == {
        "key": "ar",
        "name": "Arabic",
        "own": "العربية",
        "dir": "rtl",
    }
    stop = next(each for each in held["sentences"] if each["key"] == "stop")
    assert stop["in"] == {"ar": {"say": STOP["ar"][0], "easy": STOP["ar"][1].split("\n")}}
    assert len(held["sentences"]) == len(guidance.child_words())


@pytest.fixture
def conversation_id(world: World) -> UUID:
    held = writing(world.signal())
    services.keep(by=world.actor("first"), writing=held)
    return held.conversation_id


def test_a_card_begins_from_the_sentences_in_the_childs_language(
    world: World, conversation_id: UUID
) -> None:
    enter(by=world.actor("lead"), language="pl", key="stop")
    client, address = world.client("first"), f"/conversations/{conversation_id}/card/"
    form = html(client.get(address))
    assert "You can say stop. Then we stop." in form
    assert "The police hear of it" not in form
    answers = {
        "safe": "yes",
        "language": "pl",
        "sentences": ["stop", "come_back"],
        "text": "Czwartek o czwartej.",
        "card_id": str(uuid4()),
    }
    page = html(client.post(address, answers))
    assert '<ul class="card" id="card" lang="pl" dir="ltr">' in page
    assert "Możesz powiedzieć stop." in page
    assert 'lang="en" dir="ltr"' in page
    assert "I will come back." in page
    assert "#stop" in page
    word = client.post(address, {**answers, "as": "docx"})
    held = Document(io.BytesIO(word.content))
    said = "\n".join(each.text for each in held.paragraphs)
    assert "Możesz powiedzieć stop.\nWtedy przestaniemy." in said
    assert "Czwartek o czwartej." in said
    assert len(held.inline_shapes) == 2
    assert held.core_properties.author == ""
    pdf = client.post(address, {**answers, "as": "pdf"})
    assert pdf.content.startswith(b"%PDF")
    assert pdf["Content-Disposition"] == 'attachment; filename="card.pdf"'
    # One card, whatever number of papers is made of it.
    assert Card.objects.count() == 1
    assert Entry.objects.filter(action="conversations.card").count() == 1
    none = client.post(address, {**answers, "sentences": [], "text": ""})
    assert none.status_code == 422
    assert "Write what stands on it, or choose a sentence below" in html(none)


def test_a_translation_that_tells_stands_on_no_card(world: World, conversation_id: UUID) -> None:
    lead = world.actor("lead")
    made = child_words.enter(
        by=lead, language="cy", key="stop", say="Stop.", easy="Fenmarch Council: stop."
    )
    child_words.check(
        by=lead, language="cy", key="stop", translation_id=made, checked_by="Cymru Words"
    )
    with pytest.raises(BadInput, match="Whoever finds this card would learn something"):
        cards.make(
            by=world.actor("first"),
            card_id=uuid4(),
            conversation_id=conversation_id,
            is_safe=True,
            text="",
            sentences=["stop"],
            language="cy",
        )
    assert not Card.objects.exists()


def test_a_card_runs_from_the_right_where_its_language_does(
    world: World, conversation_id: UUID
) -> None:
    enter(by=world.actor("lead"), language="ar", key="stop")
    parts = cards.make(
        by=world.actor("first"),
        card_id=uuid4(),
        conversation_id=conversation_id,
        is_safe=True,
        text="",
        sentences=["stop", "skip"],
        language="ar",
    )
    assert [each.language for each in parts] == ["ar", "en"]
    paper = cards.paper_of(parts, "ar")
    held = Document(io.BytesIO(documents.as_word(paper)))
    assert "عندها نتوقف." in held.paragraphs[1].text
    assert held.paragraphs[1]._p.pPr is not None
    assert held.paragraphs[1]._p.pPr.find(qn("w:bidi")) is not None
    spoken = held.paragraphs[1].runs[0]._r.find(f".//{qn('w:lang')}")
    assert spoken is not None
    assert spoken.get(qn("w:bidi")) == "ar"


def test_a_card_in_a_script_that_a_pdf_lacks_leads_to_the_word_document(
    world: World, conversation_id: UUID
) -> None:
    client, address = world.client("first"), f"/conversations/{conversation_id}/card/"
    answers = {
        "safe": "yes",
        "language": "pa",
        "text": "ਮੈਂ ਠੀਕ ਹਾਂ",
        "card_id": str(uuid4()),
    }
    refused = client.post(address, {**answers, "as": "pdf"})
    assert refused.status_code == 422
    assert "Take the Word document" in html(refused)
    assert "Make it as a Word document" in html(refused)
    assert "ਮੈਂ ਠੀਕ ਹਾਂ" in html(refused)
    word = client.post(address, {**answers, "as": "docx"})
    assert "ਮੈਂ ਠੀਕ ਹਾਂ" in Document(io.BytesIO(word.content)).paragraphs[0].text


def test_the_number_of_another_card_is_refused(world: World, conversation_id: UUID) -> None:
    other = writing(world.signal(family_name="Other"))
    services.keep(by=world.actor("first"), writing=other)
    given: dict[str, Any] = {"is_safe": True, "text": "Thursday.", "card_id": uuid4()}
    by = world.actor("first")
    cards.make(by=by, conversation_id=conversation_id, **given)
    with pytest.raises(Conflict, match="Another card"):
        cards.make(by=by, conversation_id=other.conversation_id, **given)
