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
                "citations": [{"document": "japan-pko", "start": 90, "end": 320}],
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
            "quote": (
                "In order to play a more proactive role in fostering international peace, Japan enacted the Act on "
                "Cooperation with United Nations Peacekeeping Operations and Other Operations (the International Peace "
                "Cooperation Act) in June 1992."
            ),
            "start": 90,
            "end": 320,
            "highlights": [{"start": 310, "end": 319}],
            "sha256": "89d3d28eb839e20613336b427e09ae31b873d2a6a2883528a42ee2e107cc8db5",
            "url": "/documents/japan-pko#char=90,320",
            "source_url": "",
        }
    ],
    "closest": [],
    "index_version": "e320d13360c5",
    "note": None,
    "unanswered": [],
    "derived": None,
    "ambiguous": False,
    "corrections": [],
}
