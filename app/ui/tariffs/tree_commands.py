"""The editor's commands on nodes: cells, price types, scales, adding, removing, price changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, QObject

from app.domain import tree_edits
from app.domain.kinds import OTHERS, PriceType
from app.domain.pricing import parse_scale
from app.domain.tree_draft import Edit, EditRefused
from app.services.tariffs import price_change, tree_options, tree_pages
from app.ui import formats
from app.ui.tariffs import tree_cells, tree_words
from app.ui.tariffs.key_picker import KeyPicker, Picked, Place
from app.ui.tariffs.price_change_dialog import PriceChangeDialog
from app.ui.tariffs.scale_editor import ScaleEditor
from app.ui.tariffs.tree_delegate import IMPORT
from app.ui.tariffs.tree_words import Column
from app.ui.widgets.confirm import YES, Question

if TYPE_CHECKING:
    from app.services.context import Context
    from app.services.tariffs.price_change import ChangePreview, PriceChange
    from app.services.tariffs.tree_options import NodeOptions
    from app.ui.tariffs.tree_editor import TreeEditor
    from app.ui.tariffs.tree_items import Item


class TreeCommands(QObject):
    """What a person can do to the tree; every outcome is one undo step."""

    def __init__(self, editor: TreeEditor) -> None:
        super().__init__(editor)
        self._editor = editor

    # ------------------------------------------------------------------ cells

    def edited(self, index: QModelIndex, value: Any) -> None:
        """Take what an editor of a cell gave."""
        column = Column(index.column())
        item = self._editor.model.item(index)
        if column is Column.TYPE:
            self._type_chosen(item, value)
        else:
            self.run(lambda: tree_cells.typed(self._editor.model, [index], value))

    def run(self, make: Callable[[], Edit]) -> bool:
        """Do the step that ``make`` returns; a refusal is told in the bar."""
        try:
            edit = make()
        except EditRefused as refusal:
            self._editor.refuse(str(refusal))
            return False
        return self._editor.do(edit)

    def delete(self) -> None:
        """Delete: empty the selected cells, or remove the selected nodes."""
        view = self._editor.view
        if view.whole_nodes():
            self.remove(view.chosen())
        else:
            self.run(lambda: tree_cells.cleared(self._editor.model, view.cells()))

    def fill_down(self) -> None:
        """Ctrl+D: copy the first selected cell of each column into those below."""
        self.run(lambda: tree_cells.filled(self._editor.model, self._editor.view.cells()))

    # ------------------------------------------------------------------ price types

    def options_for(self, index: QModelIndex, show: Callable[[NodeOptions], None]) -> None:
        """Hand over what may be set on a node, as soon as it is known."""
        editor = self._editor
        path, scope = editor.model.path_keys(editor.model.item(index)), editor.scope_id
        editor.shell.jobs.query(
            lambda ctx: tree_options.options_for(ctx, scope, path), owner=editor, done=show
        )

    def _type_chosen(self, item: Item, value: Any) -> None:
        if value == IMPORT:
            self._editor.import_into(item)
            return
        kind, depends_on = value
        state = self._editor.model.state(item)
        if state is None or (kind, depends_on) == (state.price_type, state.depends_on):
            return
        if kind == PriceType.SCALE:
            self.edit_scale(item)
        elif state.is_branch and item.stored is not None:
            self._count_first([item], lambda below: self._change_branch(item, value, below))
        else:
            self._change_type(item, value, 0)

    def _change_branch(self, item: Item, value: Any, below: dict[int, int]) -> None:
        """Change what has stored children, after saying how many go."""
        count = below.get(item.no, 0)
        if not count:
            self._change_type(item, value, 0)
            return
        title = self.tr("Change the price type of {node}").format(node=item.name)
        text = formats.counted(
            count,
            self.tr("1 node below it is removed when you save."),
            self.tr("{n} nodes below it are removed when you save."),
        )
        self._ask(
            title, text, self.tr("Change and remove"), lambda: self._change_type(item, value, count)
        )

    def _change_type(self, item: Item, value: Any, below: int) -> None:
        kind, depends_on = value
        draft, model = self._editor.steps.draft, self._editor.model
        name = self._type_words(kind, depends_on)
        text = self.tr("{node} to {type}").format(node=item.name, type=name)
        self.run(
            lambda: tree_edits.change_price_type(
                draft, model.ref(item, below), kind, text, depends_on=depends_on
            )
        )
        if kind == PriceType.DEPENDS_ON:
            self._editor.view.expand(model.index_of(item))

    def _type_words(self, kind: int, depends_on: str | None) -> str:
        if depends_on:
            return self.tr("Depends on {attribute}").format(
                attribute=tree_words.attribute_name(depends_on)
            )
        return tree_words.type_name(kind)

    # ------------------------------------------------------------------ scales

    def edit_scale(self, item: Item) -> None:
        """Open the scale of a node; one without a scale gets one."""
        model = self._editor.model
        state = model.state(item)
        if state is None or not model.can_edit(item, Column.PRICE):
            self._editor.refuse(self.tr("Choose a rate to give it a scale."))
            return

        def show(options: NodeOptions) -> None:
            if PriceType.SCALE not in options.price_types:
                self._editor.refuse(self.tr("“{node}” can't have a scale.").format(node=item.name))
                return
            groups = [option.value for option in options.counter_groups]
            dialog = ScaleEditor(
                item.name,
                state.scale,
                groups=groups,
                parent=self._editor,
                currency=self._editor.head.currency,
            )
            dialog.chosen.connect(lambda text: self._scale_chosen(item, text))
            self._editor.show_dialog(dialog)

        self.options_for(model.index_of(item), show)

    def _scale_chosen(self, item: Item, scale: str) -> None:
        draft, model = self._editor.steps.draft, self._editor.model
        short = tree_words.scale_text(parse_scale(scale))
        text = self.tr("Scale of {node}: {scale}").format(node=item.name, scale=short)
        self.run(
            lambda: tree_edits.set_values(
                draft,
                [model.ref(item)],
                lambda state: tree_edits.of_type(state, PriceType.SCALE, scale=scale),
                text,
            )
        )

    # ------------------------------------------------------------------ adding

    def add(self, pasted: str = "") -> None:
        """Open the key picker under the current node, or beside it if it is a rate."""
        editor = self._editor
        item = editor.view.current_item()
        state = editor.model.state(item)
        if state is not None and not state.is_branch and item.parent is not None:
            if state.price_type == PriceType.NONE:
                editor.refuse(
                    self.tr("Choose first in Price type what “{node}” depends on.").format(
                        node=item.name
                    )
                )
                return
            item = item.parent
            state = editor.model.state(item)
        if state is None or not state.depends_on or editor.model.removed(item):
            editor.refuse(self.tr("Nothing can be added here."))
            return
        self._open_picker(item, state.depends_on, pasted)

    def _open_picker(self, item: Item, attribute: str, pasted: str) -> None:
        editor, model = self._editor, self._editor.model
        draft = editor.steps.draft
        staged = {draft.ref(no).state.key for no in draft.children_added(item.no)}
        entry = draft.get(item.no)
        fresh = item.no < 0 or (entry is not None and entry.drops_children)
        stored_others = item.stored is not None and item.stored.has_others and not fresh

        def show(options: NodeOptions) -> None:
            sizes = {option.key: option.size for option in options.depends_on}
            place = Place(
                editor.scope_id,
                -1 if fresh else item.no,
                attribute,
                model.path_keys(item),
                frozenset(staged),
                priced=options.priced and attribute not in ("domain", "resource"),
                size=sizes.get(attribute, 0),
            )
            dialog = KeyPicker(
                editor.shell.jobs,
                place,
                item.name or editor.head.service_name,
                parent=editor,
                has_others=stored_others or OTHERS in staged,
            )
            dialog.picked.connect(lambda picked: self._picked(item, attribute, picked))
            editor.show_dialog(dialog)
            if pasted:
                dialog.take_list(pasted)

        self.options_for(model.index_of(item), show)

    def _picked(self, item: Item, attribute: str, picked: Picked) -> None:
        editor, model = self._editor, self._editor.model
        model.learn({(attribute, key): name for key, name in picked.names.items()})
        names = list(picked.names.values())
        what = names[0] if len(names) == 1 else self.tr("{n} values").format(n=len(names))
        text = self.tr("Add {what} to {node}").format(
            what=what, node=item.name or editor.head.service_name
        )
        done = self.run(
            lambda: tree_edits.add_children(
                editor.steps.draft,
                model.ref(item),
                list(picked.names),
                picked.values,
                text,
                stored_keys=picked.stored,
            )
        )
        if done:
            self._show_added(item, next(iter(picked.names)))

    def _show_added(self, item: Item, key: str) -> None:
        """Open the node and go to the price type of the first new value."""
        editor, model = self._editor, self._editor.model
        if item is not model.root:
            editor.view.expand(model.index_of(item))
        for number in editor.steps.draft.children_added(item.no):
            node = model.find(number)
            if node is not None and node.key == key:
                editor.view.go_to(node, Column.TYPE)
                return

    # ------------------------------------------------------------------ removing

    def remove(self, items: Sequence[Item]) -> None:
        """Remove nodes; what has stored children is counted and named before."""
        nodes = [item for item in items if item is not self._editor.model.root]
        if not nodes:
            self._editor.refuse(self.tr("Select the nodes to remove."))
            return
        if all(item.stored is None for item in nodes):
            self._remove(nodes, {})
        else:
            self._count_first(nodes, lambda below: self._ask_remove(nodes, below))

    def _ask_remove(self, nodes: Sequence[Item], below: dict[int, int]) -> None:
        inside = sum(below.values())
        if len(nodes) == 1:
            title = self.tr("Remove {node}").format(node=nodes[0].name)
        else:
            title = self.tr("Remove {n} nodes").format(n=formats.number(len(nodes)))
        text = self.tr("They are struck through until you save; undo brings them back.")
        if inside:
            one, many = self.tr("1 node below goes, too."), self.tr("{n} nodes below go, too.")
            text = f"{formats.counted(inside, one, many)} {text}"
        names = [self._line(item, below.get(item.no, 0)) for item in nodes[:200]]
        self._ask(title, text, self.tr("Remove"), lambda: self._remove(nodes, below), names)

    def _line(self, item: Item, below: int) -> str:
        path = " / ".join(node.name for node in self._editor.model.path(item))
        if not below:
            return path
        return self.tr("{path} and {n} below").format(path=path, n=formats.number(below))

    def _remove(self, nodes: Sequence[Item], below: dict[int, int]) -> None:
        model = self._editor.model
        what = nodes[0].name if len(nodes) == 1 else self.tr("{n} nodes").format(n=len(nodes))
        text = self.tr("Remove {what}").format(what=what)
        refs = [model.ref(item, below.get(item.no, 0)) for item in nodes]
        self.run(lambda: tree_edits.remove(self._editor.steps.draft, refs, text))

    def remove_silently(self, items: Sequence[Item]) -> None:
        """Remove nodes whose going was decided before: they were cut and pasted elsewhere."""
        self._count_first(items, lambda below: self._remove(items, below))

    def _count_first(self, nodes: Sequence[Item], then: Callable[[dict[int, int]], object]) -> None:
        scope, numbers = self._editor.scope_id, [item.no for item in nodes]
        self._editor.shell.jobs.query(
            lambda ctx: tree_pages.count_below(ctx, scope, numbers), owner=self._editor, done=then
        )

    def _ask(
        self,
        title: str,
        text: str,
        yes: str,
        then: Callable[[], object],
        details: Sequence[str] = (),
    ) -> None:
        question = Question(self._editor, title, text, yes=yes, details=details, danger=True)
        question.finished.connect(lambda _: then() if question.answer == YES else None)
        self._editor.show_dialog(question)

    # ------------------------------------------------------------------ price changes

    def change_prices(self) -> None:
        """Open the price change of the selected nodes; branches mean all rates below."""
        editor = self._editor
        items = editor.view.chosen() or [editor.model.root]
        chosen = {item.id for item in items}
        tops = [i for i in items if chosen.isdisjoint(above.id for above in i.above())]
        dialog = PriceChangeDialog(
            editor.shell.jobs,
            editor.scope_id,
            [item.no for item in tops],
            editor.steps.draft.copy(),
            currency=editor.head.currency,
            parent=editor,
        )
        dialog.chosen.connect(
            lambda change, preview: self._change_chosen([i.no for i in tops], change, preview)
        )
        editor.show_dialog(dialog)

    def _change_chosen(
        self, numbers: Sequence[int], change: PriceChange, preview: ChangePreview
    ) -> None:
        if preview.at_once:
            self._ask_at_once(numbers, change, preview)
            return
        editor, scope = self._editor, self._editor.scope_id
        draft = editor.steps.draft.copy()
        editor.shell.jobs.query(
            lambda ctx: price_change.staged_change(ctx, scope, numbers, draft, change),
            owner=editor,
            done=editor.do,
            failed=lambda problem: editor.refuse(str(problem)),
            title=self.tr("Changing prices"),
        )

    def _ask_at_once(
        self, numbers: Sequence[int], change: PriceChange, preview: ChangePreview
    ) -> None:
        editor = self._editor
        count = formats.number(preview.count)
        if editor.is_dirty():
            editor.refuse(
                self.tr(
                    "{n} rates are too many to stage: save or discard your other changes, then "
                    "change the prices."
                ).format(n=count)
            )
            return
        title = self.tr("Change {n} rates at once").format(n=count)
        text = self.tr(
            "So many changes are not staged: they are saved now as a revision of their own, which "
            "you can undo in the revisions of the scope."
        )
        if editor.head.scope_state == "current":
            text += " " + self.tr("This scope is in force: the prices are live at once.")
        self._ask(title, text, self.tr("Change and save"), lambda: self._apply(numbers, change))

    def _apply(self, numbers: Sequence[int], change: PriceChange) -> None:
        editor, scope, rev = self._editor, self._editor.scope_id, self._editor.head.revision

        def work(ctx: Context) -> price_change.AppliedChange:
            return price_change.apply_change(ctx, scope, numbers, change, expected_rev=rev)

        def done(applied: price_change.AppliedChange) -> None:
            told = self.tr("{n} rates changed as revision {rev}.").format(
                n=formats.number(applied.changed), rev=applied.revision
            )
            editor.shell.notify(told)
            editor.reload()

        editor.shell.jobs.change(
            self.tr("Changing prices"),
            work,
            owner=editor,
            done=done,
            failed=lambda problem: editor.refuse(str(problem)),
            nouns=("rates", "scopes"),
        )
