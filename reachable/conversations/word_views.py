"""What a child is told: kept in the languages of a partnership, and shown to a child."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from reachable.conversations import child_words
from reachable.conversations.child_words import ENTERS
from reachable.conversations.rules import languages
from reachable.conversations.word_forms import CheckForm, ShowForm, TranslationForm
from reachable.foundation.errors import BadInput, Conflict
from reachable.foundation.views import actor, add_errors, render
from reachable.practice import guidance


def overview(request: HttpRequest) -> HttpResponse:
    """Every sentence with its picture, and the languages in which it is there."""
    by = actor(request)
    facts = child_words.overview(by=by)
    begun = [each for each in facts if each.is_begun]
    context = {
        "words": guidance.child_words(),
        "begun": begun,
        "others": [each for each in facts if not each.is_begun],
        "there": {
            words.key: [
                (each.language, found.state)
                for each in begun
                for found in each.sentences
                if found.words.key == words.key and found.entered
            ]
            for words in guidance.child_words()
        },
        "may_enter": by.can(ENTERS),
    }
    return render(request, "conversations/words.html", context)


def in_language(request: HttpRequest, language: str) -> HttpResponse:
    by = actor(request)
    context = {
        "facts": child_words.in_language(by=by, language=language),
        "may_enter": by.can(ENTERS),
    }
    return render(request, "conversations/words_in.html", context)


def enter(request: HttpRequest, language: str, words_key: str) -> HttpResponse:
    """Enter a sentence in a language; what was entered before stays on record."""
    by = actor(request)
    found = child_words.sentence(by=by, language=language, key=words_key)
    known = languages.BY_KEY[language]
    before = found.entered
    initial = (
        {"seen": before.id, "say": before.say, "easy": "\n".join(before.easy)} if before else {}
    )
    form = TranslationForm(request.POST or None, initial=initial, language=known)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            child_words.enter(
                by=by,
                language=language,
                key=words_key,
                say=given["say"],
                easy=given["easy"],
                seen=given["seen"],
            )
        except BadInput as error:
            form.add_error(None, str(error))
        except Conflict as error:
            # What was typed stays, beside what somebody else entered: whoever sends it again has
            # seen that.
            found = child_words.sentence(by=by, language=language, key=words_key)
            seen = str(found.entered.id) if found.entered else ""
            form = TranslationForm({**request.POST.dict(), "seen": seen}, language=known)
            form.add_error(None, str(error))
        else:
            messages.success(request, "It is entered. Children see it once somebody checked it.")
            return redirect("child_words_in", language)
    context = {"form": form, "sentence": found, "language": known}
    status = 422 if form.is_bound else 200
    return render(request, "conversations/words_enter.html", context, status=status)


def checked(request: HttpRequest, language: str, words_key: str) -> HttpResponse:
    """Say who made sure that a translation is right."""
    by = actor(request)
    found = child_words.sentence(by=by, language=language, key=words_key)
    initial = {"translation": found.entered.id} if found.entered else {}
    form = CheckForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with add_errors(form, BadInput, Conflict):
            child_words.check(
                by=by,
                language=language,
                key=words_key,
                translation_id=given["translation"],
                checked_by=given["checked_by"],
            )
            messages.success(request, "It is checked. Children see it from now on.")
            return redirect("child_words_in", language)
    context = {"form": form, "sentence": found, "language": languages.BY_KEY[language]}
    status = 422 if form.is_bound else 200
    return render(request, "conversations/words_checked.html", context, status=status)


def show(request: HttpRequest) -> HttpResponse:
    """What a child is shown: who reads it, of whom the address names, and in which language."""
    by = actor(request)
    there = child_words.languages_there(by=by)
    form = ShowForm(request.GET or None, languages=there)
    chosen = form.cleaned_data if form.is_bound and form.is_valid() else {}
    language = chosen.get("language") or languages.ENGLISH
    context = {
        "form": form,
        "shown": child_words.shown(by=by, language=language, told=chosen.get("who", ())),
        "language": languages.BY_KEY[language],
        "by_key": languages.BY_KEY,
        "is_chosen": bool(chosen),
    }
    return render(request, "conversations/show.html", context)
