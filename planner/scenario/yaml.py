"""From YAML 1.2 text to nodes with marks: counted and bounded before anything is built."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from planner.errors import Fault, InputFault
from planner.scenario.marks import Node, Plain
from planner.scenario.scalars import meaning
from planner.scenario.syntax import say
from planner.scenario.told import printable, short

if TYPE_CHECKING:
    from collections.abc import Iterator

Event = Any
"""One of ruamel's events; they declare no attributes."""

DEEPEST = 50
MOST_WRITTEN = 50_000
MOST_EXPANDED = 100_000


def parse(text: str, shown: str) -> Node:
    """Return the one document of a YAML text as nodes.

    Parameters
    ----------
    text
        The text.
    shown
        Name of the file in marks and messages.

    Raises
    ------
    InputFault
        Not YAML, or YAML that a scenario may not use: tags, several documents, duplicate keys,
        too deep, too long, aliases that multiply.
    """
    reader = _Reader(shown, iter(YAML(typ="safe", pure=True).parse(text)))
    try:
        root = reader.document()
    except MarkedYAMLError as error:
        raise InputFault(say(error, shown)) from None
    except (YAMLError, ValueError, OverflowError, AttributeError, IndexError) as error:
        raise InputFault(Fault(f"this is not valid YAML: {printable(str(error), 200)}", shown)) from None
    if not isinstance(root.value, dict):
        found = "nothing but comments" if root.value is None else short(root.plain())
        message = f"a scenario is a mapping of keys such as `name:` and `city:` (got {found})"
        reader.faults.append(Fault(message, root.mark))
    if reader.faults:
        raise InputFault(reader.faults)
    return root


@dataclass
class _Reader:
    shown: str
    events: Iterator[Any]
    faults: list[Fault] = field(default_factory=list)
    anchors: dict[str, tuple[Node, int]] = field(default_factory=dict)
    open: list[str] = field(default_factory=list)
    written: int = 0
    expanded: int = 0

    def mark(self, event: Event) -> str:
        return f"{self.shown}:{event.start_mark.line + 1}:{event.start_mark.column + 1}"

    def stop(self, message: str, event: Event, hint: str = "") -> InputFault:
        return InputFault([*self.faults, Fault(message, self.mark(event), hint)])

    def document(self) -> Node:
        root: Node | None = None
        for event in self.events:
            if isinstance(event, DocumentStartEvent):
                if root is not None:
                    raise self.stop(
                        "a second document begins here", event, "keep one scenario in a file, without `---`"
                    )
                if event.version or event.tags:
                    raise self.stop(
                        "`%` directives are not read", event, "delete the lines that begin with `%`"
                    )
                root = self.node(next(self.events), 1)
        return root or Node(None, f"{self.shown}:1:1")

    def node(self, event: Event, depth: int) -> Node:
        self.written += 1
        if self.written > MOST_WRITTEN:
            hint = "put long tables in a CSV or GeoPackage layer and name it under `file`"
            raise self.stop(f"more than {MOST_WRITTEN:,} values, more than a scenario needs", event, hint)
        if depth > DEEPEST:
            raise self.stop(f"keys are nested more than {DEEPEST} deep", event)
        if isinstance(event, AliasEvent):
            return self.alias(event)
        if event.tag not in (None, "!") or (event.tag == "!" and not isinstance(event, ScalarEvent)):
            tag = printable(str(event.tag).replace("tag:yaml.org,2002:", "!!"))
            self.faults.append(
                Fault(f"tags such as `{tag}` are not read", self.mark(event), "write the value alone")
            )
        return self.anchored(event, depth)

    def anchored(self, event: Event, depth: int) -> Node:
        before = self.expanded
        self.count(1, event)
        if event.anchor:
            self.open.append(event.anchor)
        node = Node(self.value(event, depth), self.mark(event))
        if event.anchor:
            self.open.remove(event.anchor)
            self.anchors[event.anchor] = node, self.expanded - before
        return node

    def alias(self, event: Event) -> Node:
        name = printable(event.anchor)
        if event.anchor in self.open:
            raise self.stop(f"`*{name}` stands inside the value that it repeats", event)
        if event.anchor not in self.anchors:
            raise self.stop(f"`*{name}` repeats a value, but no `&{name}` stands above", event)
        node, size = self.anchors[event.anchor]
        self.count(size, event)
        return node

    def count(self, size: int, event: Event) -> None:
        self.expanded += size
        if self.expanded > MOST_EXPANDED:
            message = f"repeated values (`*…`) multiply to more than {MOST_EXPANDED:,} values"
            raise self.stop(message, event, "write out what is meant")

    def value(self, event: Event, depth: int) -> Plain:
        if isinstance(event, MappingStartEvent):
            return self.mapping(depth)
        if isinstance(event, SequenceStartEvent):
            return self.sequence(depth)
        return self.scalar(event)

    def sequence(self, depth: int) -> list[Node]:
        nodes = []
        while not isinstance(event := next(self.events), SequenceEndEvent):
            nodes.append(self.node(event, depth + 1))
        return nodes

    def mapping(self, depth: int) -> dict[str, Node]:
        nodes: dict[str, Node] = {}
        while not isinstance(event := next(self.events), MappingEndEvent):
            key = self.key(self.node(event, depth + 1), event)
            node = self.node(next(self.events), depth + 1)
            if key in nodes:
                message = f"the key `{printable(key)}` is written twice"
                self.faults.append(Fault(message, self.mark(event), f"first at {nodes[key].key}"))
            else:
                nodes[key] = replace(node, key=self.mark(event))
        return nodes

    def key(self, node: Node, event: Event) -> str:
        if node.value == "<<":
            hint = "write the keys out, or put them in another scenario and name it under `extends`"
            self.faults.append(Fault("merge keys `<<` are not read", self.mark(event), hint))
        elif not isinstance(node.value, str):
            hint = "put it in quotes if it is a name"
            self.faults.append(
                Fault(f"a key must be text (got {short(node.plain())})", self.mark(event), hint)
            )
        return str(node.value)[:1000]

    def scalar(self, event: Event) -> Plain:
        if any("\ud800" <= c <= "\udfff" or c in "\0\ufffe\uffff" for c in event.value):
            self.faults.append(
                Fault("the text holds an escape that is no character", self.mark(event), "delete it")
            )
        if event.style:
            return event.value
        try:
            return meaning(event.value)
        except ValueError as error:
            message, found = str(error), printable(event.value)
            self.faults.append(Fault(f"{message} (got `{found}`)", self.mark(event)))
            return event.value
