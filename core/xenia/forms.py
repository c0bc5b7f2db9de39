"""One settings struct -> the fields of a form, a JSON Schema, and values with every error at once.

A struct describes itself: ``msgspec.Meta`` gives title, description and bounds; a field of type
:class:`xenia.settings.Secret` is write-only (shown masked, sealed at rest, blank keeps). msgspec stops at the first
error, so values are converted field by field, then the whole is made, which runs the struct's own ``__post_init__``: a
``ValueError`` there is an error of the whole, an ``Invalid`` names fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import Enum
from functools import reduce
from operator import or_
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

import msgspec
from msgspec.structs import FieldInfo

from xenia.errors import Invalid
from xenia.messages import Text, literal, text
from xenia.settings_values import Secret
from xenia.ui import Choice, Field, FieldKind

S = TypeVar("S", bound=msgspec.Struct)
_SEQUENCES = (list, tuple, set, frozenset)
_OFF = frozenset({"", "0", "false", "off", "no"})


class Shape(msgspec.Struct, frozen=True):
    """What a field's annotation says: its bare type, the entries of a sequence, whether it may be absent, and its
    ``Meta``.
    """

    bare: Any
    items: Any = None
    optional: bool = False
    meta: tuple[msgspec.Meta, ...] = ()

    @property
    def is_struct(self) -> bool:
        """Whether it is a struct of its own."""
        return isinstance(self.bare, type) and issubclass(self.bare, msgspec.Struct)

    @property
    def choices(self) -> tuple[str, ...]:
        """The values to choose from, where it is an enumeration."""
        if get_origin(self.bare) is Literal:
            return tuple(str(value) for value in get_args(self.bare))
        if isinstance(self.bare, type) and issubclass(self.bare, Enum):
            return tuple(str(member.value) for member in self.bare)
        return ()


def shape_of(annotation: Any) -> Shape:
    """Read an annotation."""
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        inner = shape_of(args[0])
        meta = tuple(note for note in args[1:] if isinstance(note, msgspec.Meta))
        return msgspec.structs.replace(inner, meta=(*inner.meta, *meta))
    if origin in (Union, UnionType):
        kept = [arg for arg in args if arg is not NoneType]
        inner = shape_of(kept[0]) if len(kept) == 1 else Shape(annotation)
        return msgspec.structs.replace(inner, optional=len(kept) < len(args))
    if origin in _SEQUENCES:
        return Shape(origin, items=args[0])
    return Shape(dict if origin is dict else annotation)


# -- values


def check(kind: type[S], data: Mapping[str, Any]) -> tuple[S | None, dict[str, Text]]:
    """The struct that ``data`` (as TOML, JSON or a form gives it) makes, or every problem by path
    (``providers[0].url``).
    """
    problems = {name: text("form.unknown", name=name) for name in data.keys() - set(kind.__struct_encode_fields__)}
    values: dict[str, Any] = {}
    for field in msgspec.structs.fields(kind):
        if field.encode_name in data:
            values[field.name] = _convert(field.type, data[field.encode_name], field.encode_name, problems)
        elif field.required:
            problems[field.encode_name] = text("form.required")
    return (None if problems else _whole(kind, values, problems)), problems


def checked(kind: type[S], data: Mapping[str, Any], prefix: str = "") -> S:
    """As :func:`check`, but raises ``Invalid`` with the paths below ``prefix``."""
    value, problems = check(kind, data)
    if value is None:
        raise Invalid({join(prefix, path): problem for path, problem in problems.items()})
    return value


def join(prefix: str, path: str) -> str:
    """A path below another."""
    return prefix + path if not prefix or not path or path.startswith("[") else f"{prefix}.{path}"


def _whole(kind: type[S], values: dict[str, Any], problems: dict[str, Text]) -> S | None:
    try:
        return kind(**values)
    except Invalid as problem:
        problems.update(problem.fields)
    except (ValueError, TypeError) as problem:
        problems[""] = text("form.invalid", problem=str(problem))
    return None


def _convert(annotation: Any, raw: Any, path: str, problems: dict[str, Text]) -> Any:
    shape = shape_of(annotation)
    if shape.is_struct and isinstance(raw, Mapping):
        value, inner = check(shape.bare, raw)
        problems.update({join(path, name): problem for name, problem in inner.items()})
        return value
    if shape.items is not None and shape_of(shape.items).is_struct and isinstance(raw, list | tuple):
        return shape.bare(_convert(shape.items, item, f"{path}[{at}]", problems) for at, item in enumerate(raw))
    try:
        return msgspec.convert(raw, annotation, strict=False, dec_hook=_from_plain)
    except msgspec.ValidationError as problem:
        words, _, where = str(problem).partition(" - at `$")
        problems[join(path, where.removesuffix("`").removeprefix("."))] = _sentence(words)
        return None


def _from_plain(kind: type[Any], value: Any) -> Any:
    if kind is Secret and isinstance(value, Secret | str):
        return value if isinstance(value, Secret) else Secret(value)
    raise ValueError(f"Expected `{kind.__name__}`")


_SENTENCES = (
    (re.compile(r"of length >= (?P<count>\d+)"), "form.too_short"),
    (re.compile(r"of length <= (?P<count>\d+)"), "form.too_long"),
    (re.compile(r"`(?:int|float|number)` >=? ?(?P<limit>[\d.e+-]+)"), "form.too_small"),
    (re.compile(r"`(?:int|float|number)` <=? ?(?P<limit>[\d.e+-]+)"), "form.too_large"),
    (re.compile(r"Invalid enum value"), "form.choice"),
    (re.compile(r"matching regex"), "form.format"),
    (re.compile(r"missing required field `(?P<name>\w+)`"), "form.lacks"),
    (re.compile(r"contains unknown field `(?P<name>\w+)`"), "form.unknown"),
    (re.compile(r"Expected `(?:int|float|number)"), "form.number"),
    (re.compile(r"Expected `bool"), "form.yes_or_no"),
    (re.compile(r"Expected `(?:array|object)"), "form.structure"),
    (re.compile(r"Expected `(?:str|Secret)"), "form.words"),
)


def _sentence(words: str) -> Text:
    """msgspec's message as a sentence of ours; anything else comes from a plugin's own check, and is said as it is."""
    for pattern, id_ in _SENTENCES:
        if found := pattern.search(words):
            return Text(id_, dict(found.groupdict()))
    return text("form.invalid", problem=words)


# -- forms


OWN_PAGE = "page"
"""The key of ``Meta(extra=...)`` that names the console's page on which a field is set, below the tenant's console."""


def own_pages(kind: type[msgspec.Struct]) -> dict[str, str]:
    """The fields that are set on pages of their own, and where those are: a form of the whole leaves them out."""
    found = {field.encode_name: _page(shape_of(field.type)) for field in msgspec.structs.fields(kind)}
    return {name: page for name, page in found.items() if page}


def _page(shape: Shape) -> str:
    return next((meta.extra[OWN_PAGE] for meta in shape.meta if meta.extra and OWN_PAGE in meta.extra), "")


def fields(kind: type[msgspec.Struct], name: str, value: msgspec.Struct | None = None) -> tuple[Field, ...]:
    """The form of a struct: one field each, filled with ``value``, but for those with a page of their own. Labels are
    ``settings.<name>.<field>`` unless ``Meta`` has a title.
    """
    elsewhere = own_pages(kind)
    every = msgspec.structs.fields(kind)
    return tuple(_field(field, name, value) for field in every if field.encode_name not in elsewhere)


def _field(field: FieldInfo, name: str, value: msgspec.Struct | None) -> Field:
    shape = shape_of(field.type)
    title, hint = _said(shape, "title"), _said(shape, "description")
    kind = _kind(shape)
    return Field(
        name=field.encode_name,
        label=literal(title) if title else text(f"settings.{name}.{field.name}"),
        hint=literal(hint) if hint else None,
        kind=kind,
        value=_shown(getattr(value, field.name)) if value is not None else _default(field),
        required=field.required and kind is not FieldKind.CHECKBOX,
        autocomplete="off",
        choices=tuple(Choice(one, text(f"settings.{name}.{field.name}.{one}")) for one in shape.choices),
    )


def _said(shape: Shape, what: str) -> str:
    return next((found for meta in shape.meta if (found := getattr(meta, what))), "")


def _kind(shape: Shape) -> FieldKind:
    if shape.choices:
        return FieldKind.SELECT
    if shape.is_struct or shape.items is not None:
        return FieldKind.MULTILINE
    return _KINDS.get(shape.bare, FieldKind.TEXT)


_KINDS = {
    bool: FieldKind.CHECKBOX,
    int: FieldKind.NUMBER,
    float: FieldKind.NUMBER,
    dict: FieldKind.MULTILINE,
    Secret: FieldKind.PASSWORD,
}


def _default(field: FieldInfo) -> str:
    if field.default_factory is not msgspec.NODEFAULT:
        return _shown(field.default_factory())
    return "" if field.default is msgspec.NODEFAULT else _shown(field.default)


def _shown(value: Any) -> str:
    """A value as a form shows it; a secret is never shown."""
    if value is None or isinstance(value, Secret):
        return ""
    if isinstance(value, bool):
        return "true" if value else ""
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, _SEQUENCES) and all(isinstance(item, str | int | float) for item in value):
        return "\n".join(_shown(item) for item in (sorted(value) if isinstance(value, set | frozenset) else value))
    if isinstance(value, (msgspec.Struct, dict, *_SEQUENCES)):
        return msgspec.json.format(msgspec.json.encode(value, enc_hook=to_plain)).decode()
    return str(value)


def parse(kind: type[S], form: Mapping[str, str], present: S | None = None) -> S:
    """The struct that a posted form makes. Names that are no field (a token, a button) are ignored. What has a page of its
    own stays as it is in ``present``. Raises ``Invalid`` by field.
    """
    problems: dict[str, Text] = {}
    data = {**dict(_typed(kind, form, problems)), **_elsewhere(kind, present)}
    value, more = check(kind, {name: raw for name, raw in data.items() if name not in problems})
    problems = {**more, **problems}
    if value is None or problems:
        raise Invalid(problems)
    return value


def _elsewhere(kind: type[S], present: S | None) -> dict[str, Any]:
    """What the form leaves out, as it is."""
    pages = own_pages(kind) if present is not None else {}
    plain = msgspec.to_builtins(present, builtin_types=(Secret,)) if pages else {}
    return {name: plain[name] for name in pages}


def _typed(kind: type[S], form: Mapping[str, str], problems: dict[str, Text]) -> Iterator[tuple[str, Any]]:
    """What each field's text stands for; nothing for a blank that leaves the default."""
    for field in msgspec.structs.fields(kind):
        shape, words = shape_of(field.type), form.get(field.encode_name, "").strip()
        if shape.bare is bool:
            yield field.encode_name, words.lower() not in _OFF
        elif shape.items is not None and not shape_of(shape.items).is_struct:
            yield field.encode_name, [line.strip() for line in words.splitlines() if line.strip()]
        elif not words and shape.optional:
            yield field.encode_name, None
        elif shape.bare in (str, Secret) or shape.choices:
            if words or not field.required:
                yield field.encode_name, words
        elif words:
            yield field.encode_name, _structure(shape, words, field.encode_name, problems)


def _structure(shape: Shape, words: str, name: str, problems: dict[str, Text]) -> Any:
    if shape.bare in (int, float):
        return words
    try:
        return msgspec.json.decode(words)
    except msgspec.DecodeError:
        problems[name] = text("form.structure")
        return None


# -- for machines


def schema(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """The struct's JSON Schema (2020-12); a secret is a text that can only be written."""
    return msgspec.json.schema(_written(kind))


_WRITE_ONLY = Annotated[str, msgspec.Meta(extra_json_schema={"writeOnly": True})]


def _written(annotation: Any) -> Any:
    """The same annotation with a text for each secret, which msgspec can't describe."""
    if annotation is Secret:
        return _WRITE_ONLY
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        return _written_struct(annotation)
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return Annotated[(_written(args[0]), *args[1:])]
    if origin in (Union, UnionType):
        return reduce(or_, (_written(arg) for arg in args))
    if origin in (*_SEQUENCES, dict):
        return origin[tuple(_written(arg) for arg in args)]
    return annotation


def _written_struct(kind: type[msgspec.Struct]) -> type[msgspec.Struct]:
    strict = kind.__struct_config__.forbid_unknown_fields
    named = [(field.name, _written(field.type), _written_default(field)) for field in msgspec.structs.fields(kind)]
    extra = {"__doc__": kind.__doc__}
    return msgspec.defstruct(kind.__name__, named, kw_only=True, forbid_unknown_fields=strict, namespace=extra)


def _written_default(field: FieldInfo) -> Any:
    if field.default_factory is not msgspec.NODEFAULT:
        return msgspec.field(name=field.encode_name, default_factory=field.default_factory)
    if isinstance(field.default, msgspec.Struct):
        return msgspec.field(name=field.encode_name, default_factory=lambda: field.default)
    default = "" if isinstance(field.default, Secret) else field.default
    return msgspec.field(name=field.encode_name, default=default)


def to_plain(value: Any) -> Any:
    """For msgspec's encoders: a secret is written as nothing. What must keep secrets seals them instead (see
    ``tenants/settings.py``).
    """
    if isinstance(value, Secret):
        return ""
    raise TypeError(f"{type(value).__name__} is no type for settings")
