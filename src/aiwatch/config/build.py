"""From a merged document to one checked Config, every problem noted on the way."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path as FilePath
from typing import Any, Literal, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from tzlocal import get_localzone_name

from aiwatch import __version__
from aiwatch.channels import CHANNELS
from aiwatch.config.advice import advice
from aiwatch.config.document import Path
from aiwatch.config.keys import AlertKeys, DeliveryKeys, FileKeys, SourceKeys, TopicKeys
from aiwatch.config.merge import Merged, did_you_mean, expected, known_keys
from aiwatch.config.values import ChannelConfig, Config, Keep
from aiwatch.fetch import FetchSettings
from aiwatch.judge.asked import problems as topic_problems
from aiwatch.judge.schedule import parse_schedule
from aiwatch.model import (
    Alert,
    AlertName,
    Backlog,
    ChannelName,
    ExtractRules,
    Rate,
    Secret,
    Source,
    SourceName,
    Topic,
    TopicName,
    Trust,
)
from aiwatch.sources import KINDS, Kind

M = TypeVar("M", bound=BaseModel)
AT_ONCE = {
    "within": timedelta(hours=24),
    "settle": timedelta(minutes=10),
    "at_most": Rate(count=6, per=timedelta(hours=1)),
    "update_gap": timedelta(hours=2),
}
DIGEST_WORDS = 600
NO_BACKLOG = ("listing", "page")  # their first look is a baseline


def build(merged: Merged, file: FilePath | None) -> Config:
    """The Config, for as far as it can be built; `merged.problems` says what is wrong with it."""
    top = _check_top(merged)
    zone = top.timezone or get_localzone_name() or "UTC"
    folder = file.parent if file else FilePath()
    sources = _sources(merged, top)
    topics = _topics(merged)
    channels = _channels(merged, top, folder)
    alerts = _alerts(merged, zone, sources, topics, channels)
    implicit = not merged.values.get("alerts")
    if implicit:
        channels, alerts = _everything(channels, zone, top.delivery, folder)
    return Config(
        path=file,
        database=folder / FilePath(top.database).expanduser(),
        timezone=zone,
        contact=top.contact,
        fetch=_fetch_settings(top),
        recheck=tuple(top.recheck),
        keep=Keep(bodies=top.keep.bodies, matched=top.keep.matched, messages=top.keep.messages),
        public_url=top.public_url,
        heartbeat=Secret(top.heartbeat) if top.heartbeat else None,
        workers=None if top.workers == "auto" else top.workers,
        outlets=_outlets(merged),
        sources=sources,
        aliases={name: tuple(spellings) for name, spellings in top.aliases.items()},
        topics=topics,
        channels=channels,
        alerts=alerts,
        implicit=implicit,
        warnings=tuple(advice(top, zone, channels, sources)),
    )


def _check_top(merged: Merged) -> FileKeys:
    """The top level; what is wrong there is said, and does not hide what is wrong below."""
    _check(FileKeys, merged.values, (), merged)
    try:
        return FileKeys.model_validate(merged.values)
    except ValidationError as error:
        refused = {found["loc"][0] for found in error.errors()}
    return FileKeys.model_validate({k: v for k, v in merged.values.items() if k not in refused})


def _check(model: type[M], values: Any, path: Path, merged: Merged) -> M | None:
    """One part against its keys; each finding is said with file, line, key and what to do."""
    if not isinstance(values, Mapping):
        merged.say(
            path, f"keys with values are expected: {', '.join(known_keys(model.model_fields))}"
        )
        return None
    try:
        return model.model_validate(dict(values))
    except ValidationError as error:
        for found in error.errors(include_url=False, include_input=False):
            location = (*path, *(part for part in found["loc"] if part not in SILENT_PARTS))
            merged.say(location, _words(model, found["type"], found["msg"], found["loc"]))
        return None


SILENT_PARTS = ("function-before[<lambda>(), timedelta]", "bool", "timedelta", "int", "str")


def _words(model: type[BaseModel], kind: str, message: str, location: tuple[str | int, ...]) -> str:
    if kind == "extra_forbidden":
        fields = _fields_at(model, location[:-1])
        return f"unknown key{did_you_mean(str(location[-1]), fields)}"
    if kind == "missing":
        return "is missing"
    return expected(kind, message)


def _fields_at(model: type[BaseModel], location: tuple[str | int, ...]) -> tuple[str, ...]:
    for part in location:
        info = model.model_fields.get(str(part))
        for inner in (info.annotation, *get_args(info.annotation)) if info else ():
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                model = inner
    return known_keys(model.model_fields)


# ---------------------------------------------------------------- sources


def _sources(merged: Merged, top: FileKeys) -> tuple[Source, ...]:
    if "name" in top.defaults or "url" in top.defaults:
        merged.say(("defaults",), "name and url belong to each source")
    defaults = _sound_defaults(merged, top)
    found = [
        _source(
            merged,
            top,
            {**defaults, **raw} if isinstance(raw, Mapping) else raw,
            ("sources", place),
        )
        for place, raw in enumerate(merged.values.get("sources") or [])
    ]
    return tuple(source for source in found if source)


def _sound_defaults(merged: Merged, top: FileKeys) -> dict[str, Any]:
    """What stands under every source; a wrong key is said once, here, and not again at each source."""
    whole = {"name": "x", "url": "http://x", **top.defaults}
    _check(SourceKeys, whole, ("defaults",), merged)
    try:
        SourceKeys.model_validate(whole)
    except ValidationError as error:
        refused = {found["loc"][0] for found in error.errors()}
        return {key: value for key, value in top.defaults.items() if key not in refused}
    return dict(top.defaults)


def _source(merged: Merged, top: FileKeys, raw: Any, path: Path) -> Source | None:
    if not isinstance(raw, Mapping) or "" in raw:
        merged.say(path, "a source needs at least a name and a url")
        return None
    values = dict(raw)
    kind = KINDS.get(str(values.get("kind", "feed")))
    if kind is None:
        merged.say(
            (*path, "kind"),
            f"no kind of source {values['kind']!r}{did_you_mean(str(values['kind']), list(KINDS))}",
        )
        return None
    own = {name: values.pop(name) for name in kind.options.model_fields if name in values}
    for key in [key for key in values if key not in known_keys(SourceKeys.model_fields)]:
        merged.say((*path, key), _strange_key(str(key), kind))
        del values[key]
    keys = _check(SourceKeys, values, path, merged)
    options = _check(kind.options, own, path, merged)
    if keys is None or options is None:
        return None
    return _source_value(keys, own, top)


def _strange_key(key: str, kind: Kind) -> str:
    """An unknown key of a source; one of another kind's is said to be that."""
    others = [one.name for one in KINDS.values() if key in one.options.model_fields]
    if others:
        belongs = " or ".join(f"`kind: {name}`" for name in others)
        return f"unknown key for `kind: {kind.name}`; it belongs to {belongs}"
    fields = (*known_keys(SourceKeys.model_fields), *kind.options.model_fields)
    return f"unknown key{did_you_mean(key, fields)}"


def _source_value(keys: SourceKeys, options: Mapping[str, Any], top: FileKeys) -> Source:
    backlog: Backlog = keys.backlog or ("none" if keys.kind in NO_BACKLOG else top.backlog)
    return Source(
        name=SourceName(keys.name),
        url=keys.url,
        kind=keys.kind,
        every=keys.every,
        full_text=keys.full_text,
        backlog=backlog,
        enabled=keys.enabled,
        primary=keys.primary,
        aggregator=keys.aggregator,
        trust=keys.trust,
        lang=keys.lang,
        tags=tuple(keys.tags),
        headers=tuple((name, Secret(value)) for name, value in keys.headers.items()),
        user_agent=keys.user_agent,
        proxy=Secret(keys.proxy) if keys.proxy else None,
        allow_private=_allowed(keys.allow_private) or _allowed(top.fetch.allow_private),
        extract=ExtractRules(
            body=keys.extract.body, title=keys.extract.title, remove=tuple(keys.extract.remove)
        )
        if keys.extract
        else None,
        options=options,
    )


def _allowed(value: bool | list[str]) -> bool | tuple[str, ...]:  # noqa: FBT001 - a key's own two forms
    return tuple(value) if isinstance(value, list) else value


def _fetch_settings(top: FileKeys) -> FetchSettings:
    return FetchSettings(
        timeout=top.fetch.timeout,
        max_bytes=top.fetch.max_bytes,
        per_host=top.fetch.per_host,
        spacing=top.fetch.spacing,
        user_agent=_user_agent(top.contact),
        allow_private=_allowed(top.fetch.allow_private),
    )


def _user_agent(contact: str | None) -> str:
    """Name, version and whom to ask (polling.md 3, rule 36)."""
    return (
        f"aiwatch/{__version__} (+{contact})"
        if contact
        else f"aiwatch/{__version__} (news monitor)"
    )


def _outlets(merged: Merged) -> dict[str, Trust]:
    found: dict[str, Trust] = {}
    for name, value in (merged.values.get("outlets") or {}).items():
        trust = (
            value.get("trust") if isinstance(value, Mapping) and set(value) == {"trust"} else value
        )
        if trust in ("high", "normal", "low", "block"):
            found[str(name).lower().removeprefix("www.")] = trust
        else:
            merged.say(("outlets", name), "write {trust: high|normal|low}, or block")
    return found


# ---------------------------------------------------------------- topics, channels, alerts


def _topics(merged: Merged) -> tuple[Topic, ...]:
    found = []
    for name, raw in (merged.values.get("topics") or {}).items():
        keys = _check(TopicKeys, raw, ("topics", name), merged)
        if keys is None:
            continue
        topic = Topic(
            name=TopicName(name),
            title=keys.title or name,
            any=tuple(keys.any),
            none=tuple(keys.none),
            labels=tuple(keys.labels),
            min_score=keys.min_score,
        )
        for problem in topic_problems(topic):
            merged.say(("topics", name), problem)
        found.append(topic)
    return tuple(found)


def _channels(merged: Merged, top: FileKeys, folder: FilePath) -> tuple[ChannelConfig, ...]:
    found = [
        _channel(merged, top, name, raw, folder)
        for name, raw in (merged.values.get("channels") or {}).items()
    ]
    return tuple(channel for channel in found if channel)


def _channel(
    merged: Merged, top: FileKeys, name: str, raw: Any, folder: FilePath
) -> ChannelConfig | None:
    path: Path = ("channels", name)
    if not isinstance(raw, Mapping):
        merged.say(path, f"a channel needs a kind: {', '.join(CHANNELS)}")
        return None
    kind = CHANNELS.get(str(raw.get("kind")))
    if kind is None:
        asked = str(raw.get("kind", ""))
        merged.say(
            (*path, "kind"), f"no kind of channel {asked!r}{did_you_mean(asked, list(CHANNELS))}"
        )
        return None
    patience = {key: raw[key] for key in ("timeout", "retry") if key in raw}
    rules = _check(DeliveryKeys, patience, path, merged) if patience else top.delivery
    if rules is None:
        return None
    own = {key: value for key, value in raw.items() if key not in ("kind", "timeout", "retry")}
    if kind.kind == "file" and isinstance(own.get("dir"), str):
        own["dir"] = str(folder / FilePath(own["dir"]).expanduser())
    whole = _with_patience(own, kind.options, patience, rules, top)
    options = _check(kind.options, whole, path, merged)
    if options is None:
        return None
    return ChannelConfig(
        name=ChannelName(name),
        kind=kind.kind,
        options=options,
        timeout=rules.timeout if "timeout" in patience else top.delivery.timeout,
        retry=tuple(rules.retry if "retry" in patience else top.delivery.retry),
    )


def _with_patience(
    own: dict[str, Any],
    options: type[BaseModel],
    patience: Mapping[str, Any],
    rules: DeliveryKeys,
    top: FileKeys,
) -> dict[str, Any]:
    """Channels that wait for an answer take the time-out as one of their own options."""
    if "timeout" in options.model_fields:
        own["timeout"] = rules.timeout if "timeout" in patience else top.delivery.timeout
    return own


def _alerts(
    merged: Merged,
    zone: str,
    sources: tuple[Source, ...],
    topics: tuple[Topic, ...],
    channels: tuple[ChannelConfig, ...],
) -> tuple[Alert, ...]:
    names: dict[str, list[str]] = {
        "to": [channel.name for channel in channels],
        "topics": [topic.name for topic in topics],
        "sources": [source.name for source in sources],
    }
    # A part that was refused has been said already; its name counts as known here.
    names["to"] += [name for name in merged.values.get("channels") or {} if name not in names["to"]]
    names["topics"] += [
        name for name in merged.values.get("topics") or {} if name not in names["topics"]
    ]
    found: list[Alert] = []
    for place, raw in enumerate(merged.values.get("alerts") or []):
        path: Path = ("alerts", place)
        alert = _alert(merged, raw, path, zone)
        if alert is None:
            continue
        for key, known in names.items():
            for name in getattr(alert, key):
                if name not in known:
                    merged.say(
                        (*path, key), f"no such name {name!r}{did_you_mean(name, list(known))}"
                    )
        if alert.name in [one.name for one in found]:
            merged.say((*path, "name"), f"alert {alert.name!r} stands here a second time")
        found.append(alert)
    return tuple(found)


def _alert(merged: Merged, raw: Any, path: Path, zone: str) -> Alert | None:
    values = (
        {key: value for key, value in raw.items() if value is not None}
        if isinstance(raw, Mapping)
        else raw
    )
    keys = _check(AlertKeys, values, path, merged)
    if keys is None:
        return None
    defaults = AT_ONCE if keys.when.kind == "at once" else {"words": DIGEST_WORDS}
    chosen: dict[str, Any] = {key: value for key, value in defaults.items() if key not in raw}
    return replace(
        Alert(
            name=AlertName(keys.name),
            to=tuple(ChannelName(name) for name in keys.to),
            when=keys.when,
            topics=tuple(TopicName(name) for name in keys.topics),
            sources=tuple(SourceName(name) for name in keys.sources),
            about=keys.about,
            timezone=keys.timezone or zone,
            languages=tuple(keys.languages),
            updates=keys.updates,
            empty=keys.empty,
            min_outlets=keys.min_outlets,
            min_independent=keys.min_independent,
            within=keys.within,
            settle=keys.settle,
            at_most=keys.at_most,
            update_gap=keys.update_gap,
            quiet=keys.quiet,
            words=keys.words,
            was=AlertName(keys.was) if keys.was else None,
        ),
        **chosen,
    )


def _everything(
    channels: tuple[ChannelConfig, ...], zone: str, rules: DeliveryKeys, folder: FilePath
) -> tuple[tuple[ChannelConfig, ...], tuple[Alert, ...]]:
    """No alerts at all: one on every topic, to screen and file, after each pass."""
    added = []
    names = []
    wanted: tuple[tuple[Literal["screen", "file"], str, dict[str, str]], ...] = (
        ("screen", "screen", {}),
        ("file", "files", {"dir": str(folder / "digests")}),
    )
    for kind, name, options in wanted:
        known = next((channel for channel in channels if channel.kind == kind), None)
        if known is None:
            known = ChannelConfig(
                name=ChannelName(name),
                kind=kind,
                options=CHANNELS[kind].options.model_validate(options),
                timeout=rules.timeout,
                retry=tuple(rules.retry),
            )
            added.append(known)
        names.append(known.name)
    when = replace(parse_schedule("at once"), kind="each pass", text="each pass")
    alert = Alert(name=AlertName("everything"), to=tuple(names), when=when, timezone=zone)
    return (*channels, *added), (alert,)
