from __future__ import annotations

from django.apps import AppConfig

DAILY = 24 * 60 * 60
ROOM = "moments"


class MomentsConfig(AppConfig):
    name = "reachable.moments"
    label = ROOM

    def ready(self) -> None:
        from reachable.access.registries import absence_began, rights_ended
        from reachable.foundation.registries import Reference, references
        from reachable.moments import knowing, reference
        from reachable.moments.carrying import GOES
        from reachable.moments.following import (
            follow_absence,
            follow_closing,
            follow_identity,
            follow_rights,
        )
        from reachable.moments.panels import MOMENTS
        from reachable.moments.registries import whom_a_child_knows
        from reachable.moments.weighing import open_moments
        from reachable.people.registries import (
            child_panels,
            identity_changed,
            points_to_person,
            record_closed,
            weighs_on_joining,
        )

        references.add(
            "moments", Reference("docs/reference/moments.md", reference.render), room=ROOM
        )
        identity_changed.add("moments", follow_identity, room=ROOM)
        points_to_person.add("moments.Moment.person", GOES, room=ROOM)
        rights_ended.add("moments", follow_rights, room=ROOM)
        absence_began.add("moments", follow_absence, room=ROOM)
        weighs_on_joining.add("open_moments", open_moments, room=ROOM)
        record_closed.add("moments", follow_closing, room=ROOM)
        child_panels.add("moments", MOMENTS, room=ROOM)
        whom_a_child_knows.add("allocated", knowing.ALLOCATED, room=ROOM)
        whom_a_child_knows.add("reached", knowing.REACHED, room=ROOM)
        whom_a_child_knows.add("list", knowing.KEEPS_LIST, room=ROOM)
        self._schedules()
        self._navigation()
        self._holdings()

    def _holdings(self) -> None:
        from reachable.access.registries import Holding, TeamHolding, holdings, team_holdings
        from reachable.moments import handing

        moments = Holding("moments", handing.open_moments, handing.hand_on_moments)
        tasks = Holding("tasks", handing.open_tasks, handing.hand_on_tasks)
        holdings.add("moments", moments, room=ROOM)
        holdings.add("tasks", tasks, room=ROOM)
        of_team = TeamHolding("moments", handing.of_team, handing.hand_on_team)
        team_holdings.add("moments", of_team, room=ROOM)

    def _schedules(self) -> None:
        from reachable.foundation.registries import Schedule, schedules
        from reachable.moments import birthdays
        from reachable.moments.lasting import ask
        from reachable.moments.reminding import remind
        from reachable.moments.services import pass_on_unanswered

        for each in (
            Schedule("pass on", 2, lambda by: pass_on_unanswered(by=by)),
            Schedule("birthdays", DAILY, lambda by: birthdays.keep(by=by), lane="daily"),
            Schedule("remind", 30, lambda by: remind(by=by)),
            Schedule("lasting", 300, lambda by: ask(by=by)),
        ):
            schedules.add(each.name, each, room=ROOM)

    def _navigation(self) -> None:
        from reachable.foundation.registries import NavigationItem, navigation
        from reachable.moments.own_pathways import WRITES
        from reachable.moments.school_terms import KEEPS

        for name, item in (
            ("rules", NavigationItem("Rules", "rules", "moments.rules", 60)),
            ("pathways", NavigationItem("Pathways", "pathways", WRITES, 65, place="footer")),
            (
                "school terms",
                NavigationItem("School terms", "school_terms", KEEPS, 70, place="footer"),
            ),
            ("measures", NavigationItem("Measures", "measures", "moments.measures", 55)),
            ("worklist", NavigationItem("Worklist", "worklist", "moments.hold", 10)),
        ):
            navigation.add(name, item, room=ROOM)
