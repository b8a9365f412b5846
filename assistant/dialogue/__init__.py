"""A question in a conversation, made to stand alone."""
