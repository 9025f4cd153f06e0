"""Pictures of every screen, made by the real window: ``python -m tests.screenshots DIR``."""
