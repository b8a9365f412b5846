"""What the tests share: the real corpus, the real model, one index built a session, and the data that may be absent."""

import os
from pathlib import Path

import hypothesis
import pytest

from assistant.answering import Assistant
from assistant.search.build import build
from assistant.search.encoder import Encoder, open_encoder
from assistant.search.index import encoders_folder
from assistant.settings import Settings

ROOT = Path(__file__).parent.parent

# The same examples in every run: what fails here fails there. HYPOTHESIS_PROFILE=default explores anew.
hypothesis.settings.register_profile("fixed", derandomize=True, deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))


@pytest.fixture(scope="session")
def corpus_folder() -> Path:
    """The corpus that the project ships."""
    return ROOT / "corpus"


@pytest.fixture(scope="session")
def encoder_cache(pytestconfig: pytest.Config) -> Path:
    """Exported encoders, kept from one test run to the next."""
    assert pytestconfig.cache is not None
    return Path(pytestconfig.cache.mkdir("encoders"))


@pytest.fixture(scope="session")
def encoder(encoder_cache: Path) -> Encoder:
    """The packaged default encoder, exported."""
    return open_encoder(Settings().encoder, cache=encoder_cache, export=True)


@pytest.fixture(scope="session")
def settings(corpus_folder: Path, encoder_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of the session's index: the shipped corpus, an index folder of its own."""
    return settings_for(corpus_folder, tmp_path_factory.mktemp("index"), encoder_cache)


@pytest.fixture(scope="session")
def index_folder(settings: Settings) -> Path:
    """The index of the shipped corpus, built once a session."""
    build(settings)
    return settings.index


@pytest.fixture(scope="session")
def assistant(settings: Settings, index_folder: Path) -> Assistant:
    """The opened assistant over the shipped corpus."""
    assert index_folder == settings.index
    return Assistant.open(settings)


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The real data that is not part of the project; tests that need it skip where it is absent."""
    folder = Path(os.environ.get("EVALUATION_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no data at {folder}; name its folder in EVALUATION_DATA")
    return folder


def settings_for(corpus: Path, index: Path, encoder_cache: Path) -> Settings:
    """Settings for a corpus and an empty index folder that borrows the exported encoder."""
    encoders_folder(index).symlink_to(encoder_cache, target_is_directory=True)
    return Settings(corpus=corpus, index=index)
