from __future__ import annotations

from django.apps import AppConfig

DAILY = 24 * 60 * 60


class IntakeConfig(AppConfig):
    name = "reachable.intake"
    label = "intake"

    def ready(self) -> None:
        from reachable.access.registries import key_revoked, staff_number_given
        from reachable.chronology.registries import detail_words
        from reachable.foundation.actor import system
        from reachable.foundation.registries import (
            Schedule,
            rebuilders,
            schedules,
        )
        from reachable.intake import allocated, jobs, services, watching
        from reachable.intake.happenings import code_in_words
        from reachable.intake.rebuilding import person_said, rebuild_events
        from reachable.moments.rebuilding import rebuild_moments
        from reachable.moments.registries import moment_answered, senders_told
        from reachable.people.rebuilding import (
            rebuild_current_people,
            rebuild_keys,
            rebuild_records,
        )
        from reachable.people.registries import child_panels

        _own_hands()
        schedules.add(
            "loads",
            Schedule("loads", 20, lambda by: jobs.resume_abandoned(by=by)),
            room="intake",
        )
        schedules.add(
            "watch",
            Schedule("watch", 60, lambda by: watching.look(by=system(services.FOLDER))),
            room="intake",
        )
        schedules.add(
            "forget",
            Schedule("forget", DAILY, lambda by: services.forget(by=by), lane="daily"),
            room="intake",
        )
        schedules.add(
            "tidy",
            Schedule("tidy", DAILY, lambda by: services.tidy(by=by), lane="daily"),
            room="intake",
        )
        # Each follows from the one before: keys from records, records from what was received.
        rebuilders.add("people", lambda by: rebuild_current_people(by=by), room="people")
        rebuilders.add(
            "records", lambda by: rebuild_records(by=by, read=person_said), room="people"
        )
        rebuilders.add("keys", lambda by: rebuild_keys(by=by), room="people")
        rebuilders.add("events", lambda by: rebuild_events(by=by), room="intake")
        rebuilders.add("moments", lambda by: rebuild_moments(by=by), room="moments")
        child_panels.add("allocated", allocated.PANEL, room="intake")
        staff_number_given.add("allocated", allocated.follow_numbers, room="intake")
        rebuilders.add("allocated", lambda by: allocated.rebuild(by=by), room="intake")
        key_revoked.add("loads", jobs.stop_loads_of, room="intake")
        detail_words.add("feeds", code_in_words, room="intake")
        moment_answered.add("senders", services.tell_senders, room="intake")
        senders_told.add("senders", services.tell_of_summary, room="intake")
        _offer_pages()
        _offer_signals()
        _files()


def _offer_pages() -> None:
    """What feeds hold, and for each how to send it."""
    from functools import partial

    from reachable.foundation.registries import Reference, references
    from reachable.intake import how_to, reference
    from reachable.intake.table_sets import everything_sent

    references.add("feeds", Reference("docs/reference/feeds.md", reference.render), room="intake")
    for key, sent in everything_sent().items():
        page = Reference(f"{how_to.FOLDER}/{key}.md", partial(how_to.render, sent))
        references.add(f"send {key}", page, room="intake")


def _offer_signals() -> None:
    from reachable.foundation.registries import NavigationItem, navigation

    navigation.add(
        "signal",
        NavigationItem("Send a signal", "send_signal", "signals.send", 20),
        room="intake",
    )
    navigation.add(
        "signals",
        NavigationItem("What I sent", "my_signals", "signals.send", 30),
        room="intake",
    )


def _files() -> None:
    """Where files are sent and watched, and what goes on with rows that wait."""
    from reachable.foundation.registries import NavigationItem, Schedule, navigation, schedules
    from reachable.intake import status, together_jobs

    schedules.add(
        "answers",
        Schedule("answers", 20, lambda by: together_jobs.resume_abandoned(by=by)),
        room="intake",
    )
    schedules.add(
        "late feeds",
        Schedule("late feeds", DAILY, lambda by: status.tell_of_late(by=by), lane="daily"),
        room="intake",
    )
    navigation.add("intake", NavigationItem("Intake", "intake", "intake.load", 40), room="intake")
    navigation.add("keys", NavigationItem("Keys", "keys", "keys.manage", 50), room="intake")
    navigation.add(
        "minimum",
        NavigationItem("What feeds brought", "intake_minimum", "intake.used", 70),
        room="intake",
    )
    navigation.add(
        "feeds",
        NavigationItem("Feeds", "intake_status", "intake.watch", 79, place="footer"),
        room="intake",
    )


def _own_hands() -> None:
    """What somebody holds, and what they sent themselves."""
    from reachable.access.registries import Holding, holdings
    from reachable.intake import handing, own_signals, selectors
    from reachable.intake.carrying import signals_of
    from reachable.people.registries import (
        SeenBecause,
        reasons_of_records,
        seen_because,
        sent_oneself,
    )

    holdings.add("lists", Holding("lists", handing.lists, handing.hand_on_lists), room="intake")
    seen_because.add(own_signals.SIGNAL, SeenBecause(12, own_signals.why), room="intake")
    reasons_of_records.add("signals", signals_of, room="intake")
    sent_oneself.add("signals", selectors.records_sent_by_hand, room="intake")
