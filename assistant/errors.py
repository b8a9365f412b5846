"""Every error a user can meet, named after the person who can act on it.

The message is one line: the value that was wrong, then the remedy.
"""


class ChapterVerseError(Exception):
    """Base of the errors that end a command with one clear line and exit status 2."""


class QuestionError(ChapterVerseError):
    """The caller can mend it: an empty or over-long question, an unknown document, a bad row."""


class CorpusError(ChapterVerseError):
    """The author of the documents can mend it: an unreadable file, a wrong catalogue entry."""


class SettingsError(ChapterVerseError):
    """The operator can mend it in the settings file or the environment."""


class StaleIndexError(ChapterVerseError):
    """The operator can mend it by the command that the message names (usually `chapterverse build`)."""
