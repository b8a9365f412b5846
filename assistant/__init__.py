"""Chapter & Verse: answers from your own documents, in the documents' own words, with chapter and verse.

The map. Two roads cross the house, and a file imports from floors below its own and within its folder only:

    build:  file → Document → Section tree → Passages → vectors + terms → index version
    ask:    question + history → standalone question → Hits → Candidates → Citations → verified Answer

    cli.py            every command, thin
    operating.py      the operator's commands: keys, feedback, mcp, train-reader
    commands.py       what commands share: options, settings, how one ends
    mcp_server.py     the documents as tools for other assistants; mcp_tools.py says which
    serving.py        a server that says when it is ready
    terminal.py       answers and conversations in a terminal
    service/          HTTP in and out, and the web page: app.py puts it together
      API             endpoints.py, models.py and examples.py; exchange.py: a question, kept and counted;
                      streaming.py: an answer as it comes about; conversations.py: what was kept, and feedback
      OpenAI's        completions.py, completion_models.py, completion_markdown.py, completion_errors.py
      around all      guards.py, keys.py, limits.py, head.py, problems.py, watch.py, logs.py, metrics.py;
                      work.py: whose turn it is
      the page        pages.py serves web/
    evaluation/       question sets → measurements, report, gates: run.py is the road;
                      cases.py, gold.py and judging.py say what is right; metrics.py and summary.py count it;
                      report.py, html.py, charts.py and gates.py tell it; retrieval.py and followups.py measure one
                      stage alone, followup_answers.py conversations end to end, significance.py against chance;
                      calibration.py fits the confidence
    batch.py          a question file → an answer file; question_rows.py, tables.py and table_writers.py are its formats
    feedback_export.py  rated answers → a file
    store/            conversations.py, feedback.py and keys.py over tables.py in the database that database.py opens
    answering.py      Assistant and Answer: the road, in one screen of code
    understanding.py  a request → what it asks for, before any search
    searching.py      a question and its conversation → hits
    reading/          structure.py looks numbered places up, whole_lists.py answers from lists, with leads.py: what
                      leads into them, and clauses.py: what names their items; for all else hits → quotes.py: what
                      could be quoted → reader.py: spans → candidates.py (counting.py, kinds.py, table_cells.py): the
                      evidence → ranking.py: in order, by confidence.py: how likely the best one is right
      the reader      examples.py, augment.py, mixture.py, targets.py, teacher.py, training.py, measure.py and
                      export.py make it; shipped_weights.py takes the shipped one back for further training
    dialogue/         a question as typed, in a conversation → language.py and smalltalk.py: not to be searched;
                      asides.py: without what its writer says of himself;
                      spelling.py (with english.py and acronyms.py): mended; followups.py: standing alone, by
                      ellipsis.py, pronouns.py and navigation.py (pointers.py, numbered_places.py) over turns.py;
                      parts.py (antecedents.py): in its parts; phrases.py and clauses.py tell a question's words
                      apart; context.py: the conversation that a search keeps to
    search/           build.py: documents → passages → versioned index, index.py; retrieve.py: questions → hits;
                      encoder.py, vectors.py and terms.py each hold one library; words.py: words that mean the same;
                      export.py makes the encoder fast; locking.py lets one process build at a time
    documents/        load.py and catalogue.py: file → Document, its types in document.py
      blocks          plain.py (lines.py, pieces.py, candidates.py, page.py, headings.py, ranks.py) and markdown.py
                      (markup.py) → blocks.py; numbering.py reads what stands before headings and items;
                      readable.py: the words without their markup, in place
      from them       sections.py, passages.py, lists.py, list_nouns.py, sentences.py; addresses.py, references.py,
                      printed_numbers.py and outline.py: "items (13) to (19)" → places; citations.py: an exact slice
                      and where it stands
    settings.py       read once, passed down
    errors.py         every error a user can meet

Start reading at `answering.Assistant.ask_all` and `search.build.build`.
"""
