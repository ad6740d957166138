"""Posts for benchmarks: as many as wanted, no two alike, with what real ones have; the same ones every time."""

from __future__ import annotations

import datetime as dt
import random
import struct
import zlib
from itertools import accumulate, chain
from pathlib import Path

CODE = {
    "python": "def {0}(items: list[int]) -> dict[str, int]:\n"
    '    """Count what {1} holds."""\n'
    "    counts = {{}}\n"
    "    for number, item in enumerate(items):\n"
    "        if item % {2} == 0:  # {1}\n"
    '            counts[f"{0}-{{number}}"] = item * {2}\n'
    "    return counts\n",
    "go": "package {0}\n\n// {1} waits for {2} answers.\nfunc {1}(in <-chan int) (sum int, err error) {{\n"
    "\tfor i := 0; i < {2}; i++ {{\n\t\tselect {{\n\t\tcase one := <-in:\n\t\t\tsum += one\n"
    '\t\tdefault:\n\t\t\treturn 0, fmt.Errorf("{0}: %d", i)\n\t\t}}\n\t}}\n\treturn sum, nil\n}}\n',
    "bash": "#!/usr/bin/env bash\nset -euo pipefail\nfor file in {0}/*.{1}; do\n"
    '  test -s "$file" || continue  # {0}\n  sed -n "1,{2}p" "$file" | sort -u > "/tmp/${{file##*/}}"\ndone\n',
    "sql": "SELECT {0}.id, count(*) AS {1}\nFROM {0}\nJOIN {1} ON {1}.id = {0}.{1}_id\n"
    "WHERE {0}.size > {2} AND {1}.name LIKE '%{0}%'\nGROUP BY {0}.id\nHAVING count(*) > {2};\n",
    "javascript": 'import {{ {0} }} from "./{1}.js";\n\nexport async function {1}(items) {{\n'
    "  const found = await Promise.all(items.map((item) => {0}(item, {2})));\n"
    "  return found.filter(Boolean).map((one) => `{0} ${{one.{1}}}`);\n}}\n",
    "yaml": "{0}:\n  image: {1}:{2}\n  ports: [{2}]\n  environment:\n    NAME: {0}\n    LEVEL: '{2}'  # {1}\n",
    "cpp": "#include <vector>\n\ntemplate <typename T>\nT {0}(const std::vector<T>& {1}) {{\n  T sum = {2};\n"
    "  for (const auto& one : {1}) {{ sum += one * {2}; }}\n  return sum;  // {0}\n}}\n",
    "json": '{{\n  "{0}": {{"{1}": {2}, "names": ["{0}", "{1}"]}},\n  "limit": {2},\n  "open": true\n}}\n',
}
FORMULAS = ("a_{%d}^2 + b^2 = c^2", "\\sum_{i=0}^{%d} \\frac{1}{i!}", "\\sqrt{x + %d}", "\\int_0^{%d} f(x)\\,dx")
HAN = [bytes((high, low)).decode("gb2312") for high in range(0xB0, 0xD7) for low in range(0xA1, 0xFA)]
TAGS, CATEGORIES, IMAGES = 60, 8, 20


class Words:
    """Words that are as rare and as common as those of a language."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        letters = "etaoinshrdlucmfwypvbgkjqxz"
        often = [1 / (place + 3) for place in range(26)]
        self.words = list({"".join(self.chance.choices(letters, often, k=2 + at % 9)): 0 for at in range(20_000)})
        self.chance.shuffle(self.words)
        self.often = list(accumulate(1 / (rank + 5) for rank in range(len(self.words))))
        self.phrases = self._phrases()

    def _phrases(self) -> list[list[str]]:
        """Chinese words, of two characters most often, in twos to fours: characters keep company, as they do in a text.

        1,740 characters then have some 1,200 pairs of neighbours, and 27 such texts 15,000; in pages of a real book it
        was 950 and 11,000, in characters drawn one by one 1,720 and 47,000.
        """
        characters = self.chance.sample(HAN, len(HAN))
        often = list(accumulate(1 / (rank + 50) for rank in range(len(HAN))))
        lengths = self.chance.choices((1, 2, 3, 4), (15, 70, 10, 5), k=len(self.words))
        words = ["".join(self.chance.choices(characters, cum_weights=often, k=length)) for length in lengths]
        return [
            self.chance.choices(words, cum_weights=self.often, k=self.chance.randint(2, 4)) for _ in range(len(words))
        ]

    def text(self, count: int, locale: str) -> list[str]:
        """`count` words; in Chinese, some of them Latin."""
        if locale == "en":
            return self.chance.choices(self.words, cum_weights=self.often, k=count)
        phrases = self.chance.choices(self.phrases, cum_weights=self.often, k=-(-count // 2))
        words = list(chain.from_iterable(phrases))[:count]
        for at in range(7, count, 19):
            words[at] = f" {self.chance.choice(self.words)} "
        return words

    def sentence(self, count: int, locale: str) -> str:
        words = self.text(count, locale)
        return f"{' '.join(words).capitalize()}." if locale == "en" else f"{''.join(words).strip()}。"

    def paragraph(self, locale: str, marks: dict[str, str]) -> str:
        """Some sentences, with inline markup in some of them."""
        sentences = []
        for _ in range(self.chance.randint(2, 6)):
            sentence = self.sentence(self.chance.randint(6, 22), locale)
            if marks and self.chance.random() < 0.25:
                sentence = f"{sentence[:-1]} {self.chance.choice(list(marks.values()))}{sentence[-1]}"
            sentences.append(sentence)
        return (" " if locale == "en" else "").join(sentences)


def post(number: int, posts: int, locale: str, seed: int = 5) -> str:
    """The text of one post of `posts`; that of another locale has the same structure and code."""
    words = _words(seed)
    words.chance.seed(f"{seed} {number} {locale}")
    shape = random.Random(f"{seed} {number}")
    day = dt.date(2016, 1, 1) + dt.timedelta(days=number * 3600 // max(posts, 1))
    tags = shape.sample(range(TAGS), 3)
    front = (
        f"---\ntitle: {words.sentence(5, locale)[:-1]} {number}\ndate: {day}\n"
        f"categories: [category-{number % CATEGORIES}]\ntags: [{', '.join(f'tag-{tag}' for tag in tags)}]\n"
        f"summary: {words.sentence(14, locale)}\n---"
    )
    parts = [front, words.paragraph(locale, {})]
    for section in range(shape.randint(3, 6)):
        marks = {
            "bold": f"**{words.sentence(2, locale)[:-1]}**",
            "code": f"`{shape.choice(words.words)}_{number}`",
            "link": f"[{words.sentence(3, locale)[:-1]}](/posts/p{shape.randrange(posts)}/)",
            "math": f"${FORMULAS[section % len(FORMULAS)] % shape.randint(2, 99)}$",
        }
        parts.append(f"## {words.sentence(4, locale)[:-1]}")
        parts += [words.paragraph(locale, marks) for _ in range(shape.randint(2, 4))]
        parts.append(_block(words, shape, section, locale))
    return "\n\n".join(parts) + "\n"


def _block(words: Words, shape: random.Random, section: int, locale: str) -> str:
    kind = shape.choice(("code", "code", "code", "list", "table", "math", "image", "quote"))
    if kind == "code":
        language = shape.choice(list(CODE))
        names = [name for name in shape.choices(words.words, k=12) if name.isalpha()]
        blocks = "\n".join(CODE[language].format(*names[at : at + 2], shape.randint(2, 9999)) for at in (0, 2))
        return f"```{language}\n{blocks}```"
    if kind == "list":
        return "\n".join(f"- {words.sentence(8, locale)}" for _ in range(shape.randint(3, 7)))
    if kind == "table":
        rows = [[words.sentence(2, locale)[:-1] for _ in range(3)] for _ in range(shape.randint(3, 6))]
        lines = [f"| {' | '.join(row)} |" for row in rows]
        return "\n".join([lines[0], "| --- | --- | ---: |", *lines[1:]])
    if kind == "math":
        return f"$$\n{FORMULAS[section % len(FORMULAS)] % shape.randint(2, 999)}\n$$"
    if kind == "image":
        return f"![{words.sentence(4, locale)[:-1]}](/images/{shape.randrange(IMAGES)}.png)"
    return f"> {words.sentence(16, locale)}"


_known: dict[int, Words] = {}


def _words(seed: int) -> Words:
    if seed not in _known:
        _known[seed] = Words(seed)
    return _known[seed]


def image(number: int, width: int = 480, height: int = 300) -> bytes:
    """A PNG of stripes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    row = b"\0" + b"".join(bytes((at * (number + 3) % 256, at % 256, number * 9 % 256)) for at in range(width))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(row * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def write(path: Path, data: str | bytes) -> None:
    """A file, and the directories above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
