"""Translation memories in TMX 1.4, the format in which translation tools exchange them."""

from pipeline.translation.tmx.read import Languages, TmxFile, read_tmx
from pipeline.translation.tmx.write import tmx_lines

__all__ = ["Languages", "TmxFile", "read_tmx", "tmx_lines"]
