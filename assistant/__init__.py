"""Chapter & Verse: answers from your own documents, in the documents' own words, with chapter and verse.

The map. Two roads cross the house, and a file imports from floors below its own and within its folder only:

    build:  file → Document → Section tree → Passages → vectors + terms → index version
    ask:    question + history → standalone question → Hits → Candidates → Citations → verified Answer

    cli.py            every command, thin
    operating.py      the operator's commands: keys, feedback (feedback_export.py)
    mcp_server.py     the documents as tools for other assistants; mcp_tools.py says which
    serving.py        a server that says when it is ready; terminal.py: answers and conversations in a terminal
    service/          HTTP in and out, and the web page
    evaluation/       question sets → measurements, report, gates; calibration.py fits the confidence on them
    batch.py          a question file → an answer file; question_rows.py, tables.py and table_writers.py are its formats
    conversation.py   a question and its answer → the turns that they are in a history
    store/            conversations, feedback and keys in a database; knows nothing of search
    answering.py      Assistant and Answer: the road, in one screen of code
    reading/          structure.py looks numbered places up, whole_lists.py answers from lists; for all else hits →
                      what the reader reads → candidates → the probability that the best one is right;
                      examples.py, augment.py, mixture.py, targets.py, training.py, teacher.py, measure.py and
                      export.py make the reader; shipped_weights.py takes the shipped one back for further training
    dialogue/         a question as typed, in a conversation → spelling mended, standing alone, in its parts
    search/           documents → passages → versioned index → hits
    documents/        file → Document → sections, passages, lists, addresses and references; citations
    settings.py       read once, passed down
    errors.py         every error a user can meet

Start reading at `answering.Assistant.ask_all` and `search.build.build`.
"""
