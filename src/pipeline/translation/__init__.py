"""Changes, alignment, memory and drafts."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.translation.drafting import translate
    from pipeline.translation.report import Counts, PostReport, TranslationReport
    from pipeline.translation.state import PostState
    from pipeline.translation.survey import Survey, detect
else:
    from pipeline.lazy import lazily

    __getattr__ = lazily(
        __name__,
        {
            "drafting": ["translate"],
            "report": ["Counts", "PostReport", "TranslationReport"],
            "state": ["PostState"],
            "survey": ["Survey", "detect"],
        },
    )

__all__ = ["Counts", "PostReport", "PostState", "Survey", "TranslationReport", "detect", "translate"]
