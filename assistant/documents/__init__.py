"""Files made into documents, sections and passages."""
