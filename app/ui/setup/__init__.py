"""The set-up checklist in the window: on the start page and on the profile of a company (M4)."""
