"""The components and the layout of a loaded app, made of this environment's classes with the app's properties."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any, Final, Literal

from gradio.blocks import Block

from gradlink._dataclass import dataclass
from gradlink._protocol.jsonvalue import JSONValue, as_list, as_object, as_text
from gradlink.errors import LoadError
from gradlink.loading._gradio import blocks, release
from gradlink.loading._gradio.release import gr
from gradlink.loading.asking import Ask, hand_on
from gradlink.loading.classes import class_of, package_of
from gradlink.loading.converting import Conversion
from gradlink.loading.plan import Part, Plan
from gradlink.loading.untrusted import SCRIPTS, harmless, has_scripts

Missing = Literal["error", "json"]

# gradio's own of the outer app; `server_fns` are those that can be handed on.
_OWN: Final = frozenset({"name", "proxy_url", "server_fns", "rendered_in", "key", "component_class_id"})
_NOTHING: Final[frozenset[str]] = frozenset()
_OWN_OF_DATASET: Final = frozenset({"components"})
# Their classes have other names than their types in /config, which was all that the first releases of Gradio 4 told.
_RENAMED: Final = {"tabitem": "tab"}
_HAS_NONE: Final = f"gradio {gr.__version__} has no such thing"


@dataclass(frozen=True, slots=True)
class Building:
    """How the components of one app are made.

    Attributes:
        loaded: what they belong to.
        outgoing: makes a value of the app one of the outer app.
        ask: hands on what a component asks its server for by itself.
        trust: the app's JavaScript is carried over.
        same_release: the app's components have the properties that this environment's have.
        conversions: how the data of its components change on the way, by its ids.
        missing: what to do with custom components that are not installed.
        left_out: says what cannot be carried over.
    """

    loaded: object
    outgoing: Callable[[JSONValue], JSONValue]
    ask: Ask
    trust: bool
    same_release: bool
    conversions: Mapping[int, Conversion]
    missing: Missing
    left_out: Callable[[str], None]

    def build(self, plan: Plan) -> dict[int, Block]:
        """Make everything in the Blocks that is being built; return it by the app's ids."""
        classes = {part.id: self._class(part) for part in plan.walk()}
        made: dict[int, Block] = {}
        for part in plan.parts:
            self._make(part, classes, plan, made)
        if not release.TAKES_PROPERTIES:
            for event in plan.events:
                if event.whole_inputs:
                    self.left_out(
                        f"/{event.api_name}, which takes all properties of a component: {_HAS_NONE}"
                    )
        return made

    def loose(self, part: Part) -> Block:
        """Make one component that is not in the page yet."""
        return self._one(part, self._class(part), render=False)

    def adopted(self, block: Block) -> Block:
        """Return a component of the outer app, which shows values of the app from now on."""
        blocks.adopt(block, self.loaded)
        return block

    def _class(self, part: Part) -> type[Block]:
        cls = class_of(part.name) or class_of(_RENAMED.get(part.kind, part.kind))
        if cls is not None:
            return cls
        package = package_of(part.kind)
        if self.missing == "json":
            self.left_out(f"the custom component {part.kind!r}: shown as JSON ({package} is not installed)")
            as_json: type[Block] = gr.JSON
            return as_json
        raise LoadError(
            f"the app has a custom component {part.kind!r}, which is not installed here. Its package has the name "
            f"{package} if it keeps to Gradio's convention; ask the app's author. With missing=\"json\" it is shown as JSON"
        )

    def _make(
        self, part: Part, classes: Mapping[int, type[Block]], plan: Plan, made: dict[int, Block]
    ) -> None:
        if part.kind == "state" and part.id not in plan.states:
            return  # it stays at the app
        block = made[part.id] = self._one(part, classes[part.id])
        layout = blocks.layout_of(block)
        if layout is None:
            return
        with layout:
            for child in part.children:
                self._make(child, classes, plan, made)

    def _one(self, part: Part, cls: type[Block], *, render: bool = True) -> Block:
        block: Block = _bare(cls, part, render=render)
        if part.kind == "state":
            return block
        replaced = cls is gr.JSON and part.kind != "json"
        functions = hand_on(block, part.id, None if replaced else part.props.get("server_fns"), self.ask)
        config = partial(self._config, part, replaced=replaced, functions=functions)
        blocks.own(block, self.loaded, config)
        conversion = self.conversions.get(part.id)
        other = replaced or (conversion is not None and conversion.changes_values)
        blocks.describe(block, {} if other else part.described)
        if conversion is not None and (missing := conversion.missing()) is not None:
            self.left_out(f"{missing}: {_HAS_NONE}")
        if not self.trust and has_scripts(part.kind, part.props):
            self.left_out(
                f"what a component ({part.kind}) runs in the page: the app is not trusted (trust=True)"
            )
        return block

    def _config(
        self, part: Part, given: dict[str, Any], *, replaced: bool, functions: list[str]
    ) -> dict[str, Any]:
        """Return what a page is sent of a component: gradio's own, with the app's properties in it."""
        own: frozenset[str] = _OWN | (_OWN_OF_DATASET if part.kind == "dataset" else _NOTHING)
        if replaced:
            shown = {"value", "label", "visible", "elem_id", "elem_classes"}
            props = {key: value for key, value in part.props.items() if key in shown}
        else:
            props = {key: value for key, value in part.props.items() if key not in own}
            props = props if self.trust else harmless(part.kind, props)
        if not replaced and (conversion := self.conversions.get(part.id)) is not None:
            props = conversion.properties(props)
        # What is None is left out of /config: of a component of this release, the app has nothing there.
        kept: Collection[str] = own | SCRIPTS if self.same_release and not replaced else given.keys()
        config = {
            key: value
            for key, value in given.items()
            if key in kept and key not in {"proxy_url", "server_fns"}
        }
        if functions:
            config["server_fns"] = functions
        return config | {key: self.outgoing(value) for key, value in props.items()}


def _bare(cls: type[Block], part: Part, *, render: bool = True) -> Any:
    """Make a component with as little as its class takes; its properties come from /config."""
    parameters = dict(list(inspect.signature(cls.__init__).parameters.items())[1:])
    required = {
        name: None
        for name, parameter in parameters.items()
        if parameter.default is parameter.empty
        and parameter.kind not in {parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD}
    }
    arguments: dict[str, Any] = dict(required)
    match part.kind:
        case "dataset":
            # How samples are shown is decided by their classes.
            arguments |= {"components": [cls(render=False) for cls in _sample_classes(part)], "samples": []}
        case "timer":
            arguments["active"] = False
        case "chatbot":
            # Gradio 5 warns of the other one; which it is, the page is told with the properties.
            arguments["type"] = "messages"
        case _:
            pass
    arguments["render"] = render
    return cls(**{name: value for name, value in arguments.items() if name in parameters})


def _sample_classes(part: Part) -> list[type[Any]]:
    """Return the classes of what a dataset shows: /config has names in Gradio 4 and 5, objects since."""
    names = [
        as_text(item) or as_text(as_object(item).get("name")) or ""
        for item in as_list(part.props.get("components"))
    ]
    return [class_of(name) or gr.Textbox for name in names]
