"""gates.toml → thresholds, and the metrics that do not reach them.

    [questions.all.at_least]        the set, the group or form of question, the direction
    right = 0.80                    the metric, as it is named in report.json, and its threshold

In: a suite's gates.toml and the metrics measured. Out: one `GateFailure` for each gate missed.
"""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from dataclasses import fields as fields_of
from pathlib import Path
from typing import Any, Literal

from assistant.errors import SettingsError
from assistant.evaluation.metrics import Share
from assistant.evaluation.summary import Group, Metrics

GATES = "gates.toml"
SET_NAMES = ("questions", "conversations")
TOLERANCE = 1e-9  # a gate at the value reached is passed

Bound = Literal["at_least", "at_most"]
BOUNDS: dict[str, Bound] = {"at_least": "at_least", "at_most": "at_most"}


@dataclass(frozen=True, slots=True)
class Gate:
    """One threshold."""

    set: str
    group: str
    bound: Bound
    metric: str
    limit: float

    @property
    def name(self) -> str:
        """Where it stands in gates.toml."""
        return f"{self.set}.{self.group}.{self.bound}.{self.metric}"

    def admits(self, value: float | None) -> bool:
        """Whether a value passes; a metric that could not be measured does not."""
        if value is None:
            return False
        return value >= self.limit - TOLERANCE if self.bound == "at_least" else value <= self.limit + TOLERANCE


@dataclass(frozen=True, slots=True)
class GateFailure:
    """A gate missed, and what was measured; None where there was nothing to measure."""

    gate: Gate
    value: float | None

    def __str__(self) -> str:
        measured = "nothing to measure" if self.value is None else f"{self.value:.4f}"
        return f"{self.gate.name}: {measured}, gate {self.gate.limit:g}"


def load_gates(path: Path) -> tuple[Gate, ...]:
    """Read gates; none where there is no file. Raises `SettingsError` for an unknown name or a limit not a number."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ()
    except (OSError, ValueError) as error:
        raise SettingsError(f"gates {str(path)!r} cannot be read: {error}; write TOML in UTF-8") from None
    return tuple(_gates(path, tables))


def check_gates(gates: Sequence[Gate], set_name: str, groups: Sequence[Group]) -> tuple[GateFailure, ...]:
    """The gates on a set that its groups miss. Raises `SettingsError` for a group that the set does not have."""
    measured = {group.name: group.metrics for group in groups}
    failures = []
    for gate in gates:
        if gate.set != set_name:
            continue
        if gate.group not in measured:
            raise SettingsError(f"gate {gate.name!r} names no group of the set; it has {', '.join(measured)}")
        value = number(getattr(measured[gate.group], gate.metric))
        if not gate.admits(value):
            failures.append(GateFailure(gate, value))
    return tuple(failures)


def number(value: Share | float | None) -> float | None:
    """A metric as a number, a share as its value."""
    return value.value if isinstance(value, Share) else value


def _gates(path: Path, tables: dict[str, Any]) -> Iterator[Gate]:
    metrics = [field.name for field in fields_of(Metrics)]
    for set_name, groups in _tables(path, "", tables):
        _known(path, set_name, SET_NAMES)
        for group, bounds in _tables(path, set_name, groups):
            for bound, limits in _tables(path, f"{set_name}.{group}", bounds):
                _known(path, bound, tuple(BOUNDS))
                for metric, limit in limits.items():
                    _known(path, metric, metrics)
                    if isinstance(limit, bool) or not isinstance(limit, int | float):
                        raise SettingsError(f"gates {str(path)!r}: {metric} is {limit!r}; write a number")
                    yield Gate(set_name, group, BOUNDS[bound], metric, float(limit))


def _tables(path: Path, above: str, values: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, table in values.items():
        if not isinstance(table, dict):
            place = f"{above}.{name}".lstrip(".")
            raise SettingsError(f"gates {str(path)!r}: {place!r} is no table; write [set.group.at_least] above it")
        yield name, table


def _known(path: Path, name: str, names: Sequence[str]) -> None:
    if name not in names:
        raise SettingsError(f"gates {str(path)!r}: unknown name {name!r}; known are {', '.join(names)}")
