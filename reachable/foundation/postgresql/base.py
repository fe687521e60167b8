"""A connection that says who acts, and whether it works or only shows.

Row-level security of the application's role shows a person the rows of children with whom they work
(`reachable.site.row_security`). It goes by two settings of the connection: who acts, and whether
this is work, which sees and changes what the service needs. **A transaction is work; a question
outside of one shows.** Where the role is under no row-level security, nothing is said to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.postgresql import base

ACTOR, WORK = "reachable.actor", "reachable.work"
SEEN = "reachable.seen"
"""Whom they see, once the database has found out: forgotten when anything may have changed."""
ON = "on"
FILTERED = """
SELECT EXISTS (
    SELECT FROM pg_class
    WHERE relname = 'people_record' AND relnamespace = current_schema()::regnamespace
      AND row_security_active(oid)
)
"""


class DatabaseWrapper(base.DatabaseWrapper):
    """`filtered` says whether the role is under row-level security; known once connected."""

    works_by_itself = False
    """Whether nobody asks in this process: the worker, a command."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filtered = False
        self.person = ""
        self.asked = False
        self.working = False
        self._looking_beyond = 0

    @property
    def _always_works(self) -> bool:
        return self.works_by_itself and not self.asked

    def init_connection_state(self) -> None:
        super().init_connection_state()
        self._looking_beyond = 0
        (self.filtered,) = self._run(FILTERED)
        if self.filtered:
            self._say()
        if not self.get_autocommit():
            self.connection.commit()

    def act(self, person: str, *, asked: bool) -> None:
        """Say who acts from now on; nobody is the empty text. `asked` is true within a request."""
        self.person, self.asked = person, asked
        if self.connection is not None and self.filtered:
            self._say()

    def _say(self) -> None:
        self.working = False
        self._run(
            "SELECT set_config(%s, %s, false), set_config(%s, '', false),"
            " set_config(%s, %s, false)",
            [ACTOR, self.person, SEEN, WORK, ON if self._always_works else ""],
        )

    def set_autocommit(
        self, autocommit: bool, force_begin_transaction_with_broken_autocommit: bool = False
    ) -> None:
        super().set_autocommit(autocommit, force_begin_transaction_with_broken_autocommit)
        if autocommit:
            self.working = self._looking_beyond > 0
        elif self.filtered and not self.working and not self._always_works:
            try:
                self._work(ON)
            except BaseException:
                self.close()
                raise
            self.working = True

    @contextmanager
    def beyond(self) -> Iterator[None]:
        """See, within this block, what work sees, though no transaction is open."""
        self.ensure_connection()
        if not self.filtered or self.working or self._always_works:
            yield
            return
        self._work(ON)
        self.working = True
        self._looking_beyond += 1
        try:
            yield
        finally:
            self._looking_beyond -= 1
            self.working = False
            self._show_again()

    def _work(self, value: str) -> None:
        """What a transaction changed is found out anew after it; if it is undone, nothing was."""
        self._run(
            "SELECT set_config(%s, %s, %s), set_config(%s, '', false)",
            [WORK, value, self.in_transaction, SEEN],
        )

    @property
    def in_transaction(self) -> bool:
        """Whether a setting is to end with the transaction that is open."""
        return self.in_atomic_block or not self.get_autocommit()

    def _show_again(self) -> None:
        """What cannot be taken back ends with the connection."""
        if self.connection is None or self.needs_rollback:
            return
        try:
            self._work("")
        except BaseException:
            self.close_beneath()
            raise

    def close_beneath(self) -> None:
        """Close what Django may not close while it believes that a transaction is open."""
        if self.connection is not None:
            self.connection.close()

    def _run(self, statement: str, parameters: list[Any] | None = None) -> Any:
        with self.wrap_database_errors:
            return self.connection.execute(statement, parameters).fetchone()
