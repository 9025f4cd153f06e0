"""Companies and what hangs on them: legal entities, banks, agreements, services (SPEC §3)."""
