"""The import wizard in a tab (SPEC §1): file, columns, values to decide, preview, confirm.

``state`` is what a person chose, ``wizard`` keeps it and asks the import session through ``lane``;
the steps show what came of it. One more step: a widget that listens to the wizard's signals, a
reason in ``blockers``, a place in ``page``.
"""
