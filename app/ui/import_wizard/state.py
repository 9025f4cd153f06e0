"""What a person chose in the wizard: one frozen value that becomes the import request."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from app.services.tariffs.import_file import ImportRequest
from app.services.tariffs.targets import Rules
from importers.choices import Choices

_SECRET = "password"  # noqa: S105 - a field's name


@dataclass(frozen=True, slots=True)
class WizardState:
    """Everything set in the wizard; "" or None = as proposed. ``service`` is a service's name.

    ``compare`` = the file is only held against the scope; nothing is to be written.
    """

    file: str = ""
    encoding: str = ""
    delimiter: str = ""
    quotes: bool = True
    password: str = ""
    service: str = ""
    scope: int | None = None
    node: str = ""
    billing: str = ""
    quantity: str = ""
    vendor: str = ""
    profile: str = ""
    save_profile: str = ""
    mode: str = ""
    skip_errors: bool = False
    compare: bool = False
    choices: Choices = field(default_factory=Choices)

    def options(self) -> dict[str, Any]:
        """Return how to read the file, as the import request takes it; only what was set."""
        options: dict[str, Any] = {
            name: value
            for name in ("encoding", "delimiter", _SECRET)
            if (value := getattr(self, name))
        }
        return options if self.quotes else {**options, "quotes": False}

    def request(self) -> ImportRequest:
        """Return the import that these choices ask for; a comparison sees all that differs."""
        return ImportRequest(
            file=Path(self.file),
            service=self.service,
            scope=self.scope,
            node=self.node,
            mode=self.mode or ("replace" if self.compare else ""),
            choices=self.choices,
            rules=Rules(self.billing, self.quantity),
            options=self.options(),
            vendor=self.vendor.strip(),
            profile=self.profile,
            save_profile=self.save_profile.strip(),
            skip_errors=self.skip_errors,
        )

    def but(self, **changes: Any) -> WizardState:
        """Return a copy with some fields replaced."""
        return replace(self, **changes)

    def choosing(self, **changes: Any) -> WizardState:
        """Return a copy with some of the choices about the sheet replaced."""
        return replace(self, choices=replace(self.choices, **changes))

    def answering(self, answers: dict[str, str | None]) -> WizardState:
        """Return a copy with answers given ("dictionary|context|value" → key) or, None, taken back.

        A key may also be one of the outcomes skip, blocked, free and zero.
        """
        merged: dict[str, str | None] = {**self.choices.answers, **answers}
        return self.choosing(answers={k: v for k, v in merged.items() if v is not None})

    def layout(self) -> Choices:
        """Return the choices about the sheet's layout: without the answers about its values."""
        return replace(self.choices, answers={}, price_words={})

    def for_file(self, file: str) -> WizardState:
        """Return the state for another file: target and vendor stay, what hung on the file goes."""
        kept = ("service", "scope", "billing", "quantity", "vendor", "compare")
        return WizardState(file=file, **{name: getattr(self, name) for name in kept})

    def for_sheet(self, name: str) -> WizardState:
        """Return the state for another sheet of the file: what hung on the old one goes."""
        kept = ("encoding", "delimiter", "quotes", _SECRET, "mode", "save_profile")
        fresh = self.for_file(self.file).but(**{field: getattr(self, field) for field in kept})
        return fresh.choosing(sheet=name)

    def reads_alike(self, other: WizardState) -> bool:
        """Whether both open the same file in the same way."""
        return self.file == other.file and self.options() == other.options()

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data, without the password."""
        return {name: value for name, value in asdict(self).items() if name != _SECRET}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> WizardState:
        """Rebuild a state from :meth:`to_json` data; unknown fields are left out."""
        known = {f.name for f in fields(cls)}
        plain = {name: value for name, value in data.items() if name in known}
        plain["choices"] = Choices.from_json(plain.get("choices") or {})
        return cls(**plain)
