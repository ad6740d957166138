"""Changes, alignment, memory and drafts."""

from pipeline.translation.report import Counts, PostReport, TranslationReport
from pipeline.translation.states import PostState, detect
from pipeline.translation.translate import translate

__all__ = ["Counts", "PostReport", "PostState", "TranslationReport", "detect", "translate"]
