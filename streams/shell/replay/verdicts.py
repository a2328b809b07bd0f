"""What became of an article in a replay, beside production: same, changed, added ... Pure."""

from streams.shell.replay.sides import LINK, Links, Side, changed_fields, same_link

CLASSES = {
    "same": "as production has them",
    "changed": "in production, and otherwise there",
    "added": "only in the run",
    "missing": "of the range and in production, but not in the run",
    "superseded": "replaced in production by a later text: not compared with it",
    "removed": "withdrawn or erased in production since the run: they stay so",
    "untold": "other links, but dedup.index no longer tells whether later articles made them so",
}


def judged(
    identity: str,
    ours: Side | None,
    theirs: Side | None,
    within: Side | None,
    our_links: Links,
    their_links: Links,
    *,
    whole: bool,
) -> tuple[str | None, list[str]]:
    """The class of an article and, where it changed, in which fields; no class where it does not count.

    `within`: production's last event of the range or before, `theirs` its last of all. `whole`: whether
    `their_links` are those without what came later.
    """
    if ours is None:
        assert theirs is not None  # noqa: S101 - one of the two is there
        return ("same" if theirs.removed else "missing"), []
    if theirs is None:
        return ("same" if ours.removed else "added"), []
    if theirs.removed:
        if not ours.removed:
            return "removed", []
        return _by(changed_fields(theirs, ours))
    if within is None:
        return "superseded", []
    names = changed_fields(within, ours)
    theirs_link = their_links.get(identity)
    if ours.status == within.status and not same_link(
        identity, ours.link, theirs_link, our_links, their_links
    ):
        if not whole and not names:
            return "untold", []
        names = [*names, LINK]
    if names and within is not theirs:
        return "superseded", []
    return _by(names)


def _by(names: list[str]) -> tuple[str, list[str]]:
    return ("changed" if names else "same"), names
