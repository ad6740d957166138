"""pipeline.toml: typed, strict, and overridable from the environment.

Every key is a field in `settings`, with its default and its meaning. An unknown key or a wrong type is an error that
names the key and the nearest right one. `PIPELINE_<SECTION>__<KEY>` (two underscores between the levels) overrides a
key: `PIPELINE_PUBLISH__TARGET=s3://bucket`, `PIPELINE_LOCALES__ZH__PREFIX=cn`.
"""

from pipeline.config.reading import CONFIG_NAME, load
from pipeline.config.settings import EngineSettings, Locale, PublishSettings, Settings

__all__ = ["CONFIG_NAME", "EngineSettings", "Locale", "PublishSettings", "Settings", "load"]
