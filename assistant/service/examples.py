"""The examples that OpenAPI shows: requests as people send them, and an answer as it comes back."""

from typing import Any

QUESTION = "When was the International Peace Cooperation Act enacted?"

REQUESTS: list[Any] = [
    {"question": QUESTION},
    {
        "question": "And when was it amended?",
        "history": [
            {"role": "user", "content": QUESTION},
            {
                "role": "assistant",
                "content": "June 1992",
                "citations": [{"document": "japan-pko", "start": 86, "end": 321}],
            },
        ],
        "documents": ["japan-pko"],
    },
]

ROWS: list[Any] = [{"id": "faq-1", "question": QUESTION}]

ANSWER: dict[str, Any] = {
    "id": "0d3f8f4c5c0e4d1c8d7f0a2b9b1e6a35",
    "question": QUESTION,
    "standalone_question": QUESTION,
    "status": "answered",
    "answered": True,
    "answer": "June 1992",
    "confidence": 0.97,
    "citations": [
        {
            "document": "japan-pko",
            "title": "Japan's Contribution to UN Peacekeeping Operations (PKO)",
            "date": "2024-02-27",
            "section": "1. Overview",
            "section_path": ["1. Overview"],
            "quote": "In order to play a more proactive role … in June 1992.",
            "start": 90,
            "end": 320,
            "highlights": [{"start": 310, "end": 319}],
            "sha256": "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef",
            "url": "/documents/japan-pko#char=90,320",
            "source_url": "",
        }
    ],
    "closest": [],
    "index_version": "20240301T090000Z-1a2b3c4d",
    "note": None,
    "unanswered": [],
    "derived": None,
    "ambiguous": False,
    "corrections": [],
}
