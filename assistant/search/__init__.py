"""Documents made findable: encoder, vectors, terms, index versions."""
