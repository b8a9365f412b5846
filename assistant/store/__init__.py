"""What outlives a request: conversations, feedback and API keys, in SQLite or PostgreSQL; knows nothing of search."""
