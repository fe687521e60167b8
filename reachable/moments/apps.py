from __future__ import annotations

from django.apps import AppConfig


class MomentsConfig(AppConfig):
    name = "reachable.moments"
    label = "moments"

    def ready(self) -> None:
        from reachable.access.registries import absence_began, rights_ended
        from reachable.foundation.registries import (
            NavigationItem,
            Reference,
            Schedule,
            navigation,
            references,
            schedules,
        )
        from reachable.moments import reference
        from reachable.moments.following import (
            follow_absence,
            follow_identity,
            follow_rights,
        )
        from reachable.moments.lasting import ask
        from reachable.moments.panels import MOMENTS
        from reachable.moments.reminding import remind
        from reachable.moments.school_terms import KEEPS
        from reachable.moments.services import pass_on_unanswered
        from reachable.people.registries import child_panels, identity_changed

        references.add(
            "moments", Reference("docs/reference/moments.md", reference.render), room="moments"
        )
        schedules.add(
            "pass on",
            Schedule("pass on", 2, lambda by: pass_on_unanswered(by=by)),
            room="moments",
        )
        schedules.add("remind", Schedule("remind", 30, lambda by: remind(by=by)), room="moments")
        schedules.add("lasting", Schedule("lasting", 300, lambda by: ask(by=by)), room="moments")
        identity_changed.add("moments", follow_identity, room="moments")
        rights_ended.add("moments", follow_rights, room="moments")
        absence_began.add("moments", follow_absence, room="moments")
        child_panels.add("moments", MOMENTS, room="moments")
        navigation.add(
            "rules", NavigationItem("Rules", "rules", "moments.rules", 60), room="moments"
        )
        navigation.add(
            "school terms",
            NavigationItem("School terms", "school_terms", KEEPS, 70, place="footer"),
            room="moments",
        )
        navigation.add(
            "measures",
            NavigationItem("Measures", "measures", "moments.measures", 55),
            room="moments",
        )
        navigation.add(
            "worklist", NavigationItem("Worklist", "worklist", "moments.hold", 10), room="moments"
        )
