"""A suite and an index → how well each way of searching finds the gold, before anything is read.

In: the answerable questions that stand alone. Out: for each fusion recall@1, @5 and @20 of the gold passage (one that
overlaps a gold string) and of a document that holds all gold strings.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from rich.table import Table

from assistant.errors import QuestionError
from assistant.evaluation.cases import Case, load_suite
from assistant.evaluation.gold import Library, Located, overlaps
from assistant.evaluation.judging import first_rank
from assistant.evaluation.metrics import Share, recall_at
from assistant.evaluation.report import shown
from assistant.search.index import Index, open_index
from assistant.search.retrieve import Fusion, retrieve
from assistant.settings import Settings

DEPTHS = (1, 5, 20)
FUSIONS: tuple[Fusion, ...] = get_args(Fusion)


@dataclass(frozen=True, slots=True)
class FusionRow:
    """One fusion; the shares stand in the order of `DEPTHS`."""

    fusion: Fusion
    passage: tuple[Share, ...]
    document: tuple[Share, ...]


def compare_fusions(settings: Settings, suite: Path) -> tuple[FusionRow, ...]:
    """Measure every fusion on a suite. Raises `QuestionError` when no answerable question of it stands alone."""
    cases = standing_alone(load_suite(suite).questions)
    if not cases:
        raise QuestionError(f"{str(suite)!r} holds no answerable question without history; nothing can be compared")
    index = open_index(settings)
    library = Library(index.documents)
    located = [library.locate(case) for case in cases]
    return tuple(measure_fusion(index, cases, located, fusion=fusion) for fusion in FUSIONS)


def standing_alone(cases: Sequence[Case]) -> tuple[Case, ...]:
    """The answerable cases without history."""
    return tuple(case for case in cases if case.answerable and not case.follows)


def measure_fusion(
    index: Index, cases: Sequence[Case], located: Sequence[Sequence[Located]], *, fusion: Fusion
) -> FusionRow:
    """Search all questions by one fusion and rank what is gold; `located` says for each case where that is."""
    hits = retrieve(index, [case.question for case in cases], limit=max(DEPTHS), fusion=fusion)
    passages, documents = [], []
    for found, places in zip(hits, located, strict=True):
        names = {place.document for place in places}
        passages.append(first_rank(overlaps(hit.passage, places) for hit in found))
        documents.append(first_rank(hit.passage.document in names for hit in found))
    return FusionRow(
        fusion,
        passage=tuple(recall_at(passages, depth) for depth in DEPTHS),
        document=tuple(recall_at(documents, depth) for depth in DEPTHS),
    )


def fusion_table(rows: Sequence[FusionRow]) -> Table:
    """The comparison for a terminal."""
    table = Table(title="recall by fusion", title_justify="left")
    table.add_column("fusion")
    for what in ("passage", "document"):
        for depth in DEPTHS:
            table.add_column(f"{what}@{depth}", justify="right")
    for row in rows:
        table.add_row(row.fusion, *(shown(value) for value in (*row.passage, *row.document)))
    return table
