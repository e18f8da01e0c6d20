"""JSON of others, held against a schema of this package before anything is read of it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from xlcfg.core.source import Source

#: How much of what is wrong with a file is repeated.
_SHOWN = 160


class InvalidError(ValueError):
    """The file is no JSON, or does not fit the schema; the message names it and the place."""


def validated(source: Source, schema: str) -> Any:
    """The JSON of a file that fits `schema/SCHEMA.schema.json`. Raises InvalidError."""
    return fits(read_json(source, schema), source, schema)


def read_json(source: Source, schema: str) -> Any:
    """The JSON of a file, whatever it is. Raises InvalidError."""
    import json

    try:
        found: Any = json.loads(source.data)
    except RecursionError:
        raise InvalidError(f"{source.path}: nested too deep to be a {schema} file") from None
    except UnicodeDecodeError:
        raise InvalidError(f"{source.path}: not UTF-8") from None
    except json.JSONDecodeError as error:
        where = f"{source.path}:{error.lineno}:{error.colno}"
        raise InvalidError(f"{where}: not JSON: {error.msg}") from None
    except ValueError as error:
        raise InvalidError(f"{source.path}: not JSON: {error}") from None
    return found


def fits(found: Any, source: Source, schema: str) -> Any:
    """What was read of a file, which fits `schema/SCHEMA.schema.json`. Raises InvalidError."""
    import json

    import jsonschema

    from xlcfg.core.resources import read

    rules = read("xlcfg.model", "schema", f"{schema}.schema.json")
    validator = jsonschema.Draft202012Validator(json.loads(rules))
    try:
        wrong = jsonschema.exceptions.best_match(validator.iter_errors(found))
    except RecursionError:
        raise InvalidError(f"{source.path}: nested too deep to be a {schema} file") from None
    if wrong is not None:
        text = wrong.message
        if len(text) > _SHOWN:
            text = f"{text[: _SHOWN // 2]} ... {text[-_SHOWN // 2 :]}"
        inside = "".join(f"{step}: " for step in wrong.absolute_path)
        raise InvalidError(f"{source.path}: {inside}{text}")
    return found
