"""The import wizard in a tab (SPEC §1): file and target, columns, values, preview, confirm.

``state`` is what a person chose, ``wizard`` keeps it and talks to the import session, the steps
show both. One more step: a widget with ``show_wizard`` and ``blocker``, a line in ``page.STEPS``.
"""
