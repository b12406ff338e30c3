"""A kind's own keys, checked. Apart from the kinds, as pydantic takes a while to import and most workers need none."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

M = TypeVar("M", bound=BaseModel)


class WrongOptions(ValueError):
    """The keys are not the kind's, or their values cannot be; the text says which."""


class NoOptions(BaseModel):
    """A kind without keys of its own."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def checked(model: type[M], options: Mapping[str, Any]) -> M:
    """The keys as the kind's own value."""
    try:
        return model.model_validate(dict(options))
    except ValidationError as error:
        raise WrongOptions(str(error)) from error
