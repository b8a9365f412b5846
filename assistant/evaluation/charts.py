"""Numbers → inline SVG: the risk–coverage curve and the reliability diagram.

In: points or bins. Out: the text of one <svg>, whose colours come from the page's style sheet.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.evaluation.metrics import Bin, Point

SIZE, LEFT, BOTTOM, TOP = 300, 44, 40, 12
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class _Axes:
    """A square plot; data run from 0 to 1 across and to `highest` up."""

    across: str
    up: str
    highest: float = 1.0

    def x(self, value: float) -> float:
        return round(LEFT + value * SIZE, 1)

    def y(self, value: float) -> float:
        return round(TOP + SIZE - value / self.highest * SIZE, 1)


def risk_coverage_chart(points: Sequence[Point]) -> str:
    """Share of wrong answers (up) against share of questions answered (across), most confident first."""
    highest = max((point.risk for point in points), default=0.0)
    axes = _Axes("share of questions answered", "share of answers wrong", max(0.1, min(1.0, highest * 1.1)))
    line = " ".join(f"{axes.x(point.coverage)},{axes.y(point.risk)}" for point in points)
    level = axes.y(0.05)
    body = (
        f'<line class="guide" x1="{axes.x(0)}" y1="{level}" x2="{axes.x(1)}" y2="{level}"/>'
        f'<text class="note" x="{axes.x(1)}" y="{level - 4}" text-anchor="end">5% wrong</text>'
        f'<polyline class="curve" points="{line}"/>'
    )
    return _svg(axes, "Risk–coverage curve", body)


def reliability_chart(bins: Sequence[Bin]) -> str:
    """Share right (up) against mean confidence (across), one dot a bin; on the diagonal confidence is honest."""
    axes = _Axes("confidence", "share right")
    body = f'<line class="guide" x1="{axes.x(0)}" y1="{axes.y(0)}" x2="{axes.x(1)}" y2="{axes.y(1)}"/>'
    for one in bins:
        label = f"{one.count} answers: confidence {one.confidence:.3f}, right {one.right:.3f}"
        x, y = axes.x(one.confidence), axes.y(one.right)
        body += f'<line class="gap" x1="{x}" y1="{axes.y(one.confidence)}" x2="{x}" y2="{y}"/>'
        body += f'<circle class="dot" cx="{x}" cy="{y}" r="5"><title>{label}</title></circle>'
    return _svg(axes, "Reliability diagram", body)


def share_bar(low: float, value: float, high: float) -> str:
    """A share from 0 to 1 with its interval, as a bar for a table cell."""
    return (
        '<svg class="bar" viewBox="0 0 100 10" role="img" preserveAspectRatio="none">'
        f"<title>{value:.3f}, 95% interval {low:.2f} to {high:.2f}</title>"
        '<rect class="rail" width="100" height="10"/>'
        f'<rect class="fill" width="{value * 100:.1f}" height="10"/>'
        f'<rect class="range" x="{low * 100:.1f}" y="4" width="{(high - low) * 100:.1f}" height="2"/></svg>'
    )


def _svg(axes: _Axes, title: str, body: str) -> str:
    width, height = LEFT + SIZE + 16, TOP + SIZE + BOTTOM
    ticks = "".join(
        f'<text class="tick" x="{axes.x(tick)}" y="{TOP + SIZE + 16}" text-anchor="middle">{tick:g}</text>'
        f'<text class="tick" x="{LEFT - 6}" y="{axes.y(tick * axes.highest) + 4}" text-anchor="end">'
        f"{tick * axes.highest:.2f}</text>"
        for tick in TICKS
    )
    return (
        f'<svg class="chart" viewBox="0 0 {width} {height}" role="img"><title>{title}</title>'
        f'<rect class="frame" x="{LEFT}" y="{TOP}" width="{SIZE}" height="{SIZE}"/>{ticks}{body}'
        f'<text class="axis" x="{LEFT + SIZE / 2}" y="{height - 4}" text-anchor="middle">{axes.across}</text>'
        f'<text class="axis" transform="translate(10 {TOP + SIZE / 2}) rotate(-90)" text-anchor="middle">{axes.up}'
        "</text></svg>"
    )
