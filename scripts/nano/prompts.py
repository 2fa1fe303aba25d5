"""Labels -> prompts in words, and the held-out prompts that the evaluation asks for.

Training prompts name style, lead instrument, mode and tempo, each dropped at random, in list or sentence form, with
fillers that mean nothing. To make word forms and typing habits harmless, words sometimes get another ending or a
wrong letter. The held-out prompts are worded with none of the training's words except articles and the like: other
forms of the words the model knows ("jazzy", "filmic", "slowly"), since a model taught from nothing can't know others;
wearing never makes one of them.
"""

from __future__ import annotations

import functools
import math
import re
from dataclasses import dataclass

import numpy as np

from .synth import BEATS, STYLES, Labels

STYLE_WORDS: dict[str, tuple[str, ...]] = {
    "ambient": (
        "ambient", "atmospheric", "ethereal", "ambient soundscape", "drone", "soundscape", "dreamy", "meditation",
        "floating pads", "space music", "new age", "ambient music", "ethereal ambient", "background ambient", "drones",
    ),
    "rock": (
        "rock", "rock band", "indie rock", "hard rock", "classic rock", "garage rock", "rock and roll", "grunge",
        "alternative rock", "guitar rock", "rock anthem", "punk rock", "stadium rock", "rock song",
    ),
    "electronic": (
        "electronic", "edm", "techno", "house", "dance", "trance", "club music", "electro", "synthwave", "rave",
        "electronic dance music", "deep house", "dance music", "clubs", "electronic beat",
    ),
    "jazz": (
        "jazz", "swing", "jazz trio", "smooth jazz", "bebop", "bossa nova", "big band", "cool jazz", "jazz quartet",
        "swing jazz", "late night jazz", "jazz standard", "jazz combo", "modern jazz",
    ),
    "cinematic": (
        "cinematic", "orchestral", "film score", "epic soundtrack", "movie music", "symphony", "orchestra", "trailer",
        "soundtrack", "film music", "cinematic score", "orchestral score", "epic orchestral", "film", "movie score",
    ),
    "metal": (
        "metal", "heavy metal", "thrash metal", "death metal", "metalcore", "doom metal", "headbanging", "brutal metal",
        "thrash", "speed metal", "black metal", "metal riff", "metal band",
    ),
    "chiptune": (
        "chiptune", "8-bit", "video game", "retro game", "chip music", "arcade", "game music", "pixel", "8-bit game",
        "8-bit chiptune", "arcade game", "video game music", "retro chiptune", "chip",
    ),
    "folk": (
        "folk", "acoustic", "acoustic folk", "folk song", "campfire", "country folk", "celtic folk", "indie folk",
        "traditional folk", "folk music", "campfire song", "acoustic ballad", "folk ballad",
    ),
    "lofi": (
        "lofi", "lo-fi", "lo-fi hip hop", "chillhop", "lofi beats", "study beats", "chill beats", "hip hop", "chill",
        "lofi hip hop", "hip-hop beat", "chill hop", "lo-fi beats", "lofi chill",
    ),
    "piano": (
        "solo piano", "classical piano", "piano piece", "piano sonata", "piano solo", "nocturne", "piano music",
        "prelude", "piano ballad", "pianist", "piano nocturne", "sonata", "piano",
    ),
}  # fmt: skip
LEAD_WORDS: dict[str, tuple[str, ...]] = {
    "bell": ("bells", "music box", "bell"),
    "flute": ("flute", "soft flute", "flute melody"),
    "guitar solo": ("electric guitar", "guitar solo", "lead guitar"),
    "organ": ("organ", "hammond organ", "organ lead"),
    "synth": ("synth lead", "synthesizer", "synth melody"),
    "keys": ("electric piano", "rhodes", "keys"),
    "sax": ("saxophone", "sax", "sax solo"),
    "piano": ("grand piano", "piano melody", "piano lead"),
    "violin": ("violin", "solo violin", "violins"),
    "horn": ("horn", "french horn", "brass"),
    "square": ("square wave", "8-bit lead", "pulse lead"),
    "guitar": ("acoustic guitar", "fingerpicked guitar", "nylon guitar"),
}
TEMPO_WORDS = (
    ("slow", "slow tempo", "relaxed", "calm", "slow pace", "gentle", "peaceful", "lazy"),
    ("medium tempo", "mid-tempo", "moderate", "moderate tempo", "walking pace", "medium pace"),
    ("fast", "fast tempo", "upbeat", "energetic", "fast pace", "lively", "quick", "high energy"),
)
MODE_WORDS = (
    ("major", "major key", "happy", "bright", "uplifting", "cheerful", "joyful", "in major"),
    ("minor", "minor key", "sad", "dark", "melancholic", "gloomy", "sorrowful", "in minor"),
)
FILLERS = (
    "instrumental", "catchy", "nice melody", "warm", "powerful", "nostalgic", "no vocals", "groovy", "night", "simple",
    "with drums", "for work", "in the morning", "loop", "melodic", "summer", "city", "rain", "beautiful", "modern",
    "with a melody", "for a walk", "great", "cozy", "tender", "high quality", "vintage", "four chords", "bass",
)  # fmt: skip
NEUTRAL = tuple(
    """about above across actually after again all alone along already also always amazing another any apartment april
    around audience august autumn baby back balcony because become before behind best better between birthday blog
    blue boat book both boy breakfast bring build but by camera can car cat chapter children clean clear close cloud
    coast coffee come company computer concept cook could've course daily dad day december demo different
    dinner dog door down dramatic dream drink drive each early easy end english evening ever every example exciting
    explain fall family fan feature feel few find fine fire first five flow flower fly focus forest form found free
    friday friend from full fun garden get girl glass go going gold good grandma green grow guy half hand have head
    heart help her here hill him his home hope hotel hour how idea if image important inside intro into inspired it
    its january job journey july june just keep kid kind kitchen know lake landscape large late lawn learn leave
    lesson let letter life light like little live long look lot lovely low made man many march market maybe me meal
    mean meet memory menu mind mix monday money month moon more mother motivational mountain move much must my name
    nature near need never new news next not nothing now number ocean office often old on one only open or original
    other our out outro outside over own page paint paper parents park part past people perfect phone photo place plan
    podcast point presentation product professional project put question radio reading real really red remember
    restaurant right river road room royalty run sale same sand saturday say scene school sea season second section
    see sentence series set shop short should show side sister sky sleep slideshow small smart so social some
    soon sort sound speech spring star start station stop story street strong style such sun sunday sure surprise
    table take talk teacher team tell than thanks that their them then there they thing think this three through
    time title today together tomorrow tool top touch town travel tree trip true try tutorial tv two under until up
    use useful vacation very view visit voice wait walk wall want warm was water way weather website wedding week
    weekend well were what when where which white who why wide will wind window winter wish woman wonderful wood
    word work world would year yellow yes yesterday you young your""".split()  # noqa: SIM905
)
"""Words that ask for nothing."""
_OPENINGS = ("a", "an", "some", "", "give me", "i want", "make", "a piece of", "play", "something")
_CLOSINGS = ("music", "track", "song", "", "tune", "piece", "instrumental")
_ENDINGS = ("s", "y", "ish", "ing", "ed", "er", "ly", "like", "ic", "ian", "ful", "ness", "ically", "scape", "es")


def bpm_choices(beat: int) -> range:
    """The whole bpm that are nearest, in ratio, to the tempo of `beat` latent frames."""
    i = BEATS.index(beat)
    bpm = [60 * 44100 / (4096 * b) for b in BEATS]
    low = math.sqrt(bpm[i - 1] * bpm[i]) if i else 50
    high = math.sqrt(bpm[i] * bpm[i + 1]) if i + 1 < len(bpm) else 190
    return range(math.ceil(low), math.floor(high) + 1)


@dataclass(frozen=True)
class Prompt:
    """A prompt and what it says: indices of STYLES, BEATS, TEMPO_CLASSES, modes and leads; -100 where it is silent."""

    text: str
    style: int
    beat: int
    tempo: int
    mode: int
    lead: int


def training_prompt(rng: np.random.Generator, labels: Labels) -> Prompt:
    def pick(words: tuple[str, ...]) -> str:
        return words[rng.integers(len(words))]

    style = beat = tempo = mode = lead = -100
    parts = []
    if rng.random() < 0.96:
        parts.append(pick(STYLE_WORDS[labels.style]))
        style = STYLES.index(labels.style)
    if rng.random() < 0.35:
        parts.append(pick(LEAD_WORDS[labels.lead]))
        lead = sorted(LEAD_WORDS).index(labels.lead)
    if rng.random() < 0.55:
        parts.append(pick(MODE_WORDS[labels.mode]))
        mode = labels.mode
    said = rng.random()
    if said < 0.7:
        parts.append(pick(TEMPO_WORDS[labels.tempo]))
        tempo = labels.tempo
    if said > 0.45 and said < 0.9:
        choices = bpm_choices(labels.beat)
        bpm = choices[rng.integers(len(choices))] if rng.random() < 0.5 else round(labels.bpm)
        parts.append(f"{bpm} {pick(('bpm', 'beats', 'BPM'))}")
        beat, tempo = BEATS.index(labels.beat), labels.tempo
    if not parts:
        parts.append(pick(STYLE_WORDS[labels.style]))
        style = STYLES.index(labels.style)
    for _ in range(int(rng.integers(3))):
        parts.append(pick(FILLERS))
    if rng.random() < 0.6:
        rng.shuffle(parts)
    if rng.random() < 0.6:
        text = ", ".join(parts)
    else:
        text = re.sub(" +", " ", f"{pick(_OPENINGS)} {' '.join(parts)} {pick(_CLOSINGS)}").strip()
    worn = _worn(rng, text)
    while words_of(worn) & _held_out_words():
        worn = _worn(rng, text)
    return Prompt(worn, style, beat, tempo, mode, lead)


def _worn(rng: np.random.Generator, text: str) -> str:
    """Some words with another ending, a wrong letter, or joined; some words that mean nothing put in between."""
    words = text.split(" ")
    for i, word in enumerate(words):
        bare = word.rstrip(",")
        if len(bare) < 4 or not bare.isalpha() or rng.random() > 0.3:
            continue
        tail = word[len(bare) :]
        kind = rng.random()
        if kind < 0.6:
            stem = bare[: len(bare) - int(rng.integers(3))] if len(bare) > 4 else bare
            words[i] = stem + _ENDINGS[rng.integers(len(_ENDINGS))] + tail
        elif kind < 0.8:
            at = int(rng.integers(1, len(bare)))
            words[i] = bare[:at] + chr(97 + rng.integers(26)) + bare[at + int(rng.integers(2)) :] + tail
        elif i + 1 < len(words) and not tail:
            words[i], words[i + 1] = "", bare + words[i + 1]
    for _ in range(int(rng.integers(8)) if rng.random() < 0.5 else 0):
        if rng.random() < 0.75:
            extra = NEUTRAL[rng.integers(len(NEUTRAL))]
            if rng.random() < 0.4:
                extra = extra.rstrip("e") + _ENDINGS[rng.integers(len(_ENDINGS))]
        else:
            extra = "".join(chr(97 + int(c)) for c in rng.integers(26, size=int(rng.integers(2, 9))))
        words.insert(int(rng.integers(len(words) + 1)), extra)
    return re.sub(" +", " ", " ".join(words)).strip()


_HELD_OUT_STYLE: dict[str, tuple[str, ...]] = {
    "ambient": ("ambience", "atmosphere", "soundscapes", "ethereally", "meditative", "ambiently"),
    "rock": ("rocker", "rocking", "grungy", "rockers", "rockish", "rocky"),
    "electronic": ("electronica", "technoid", "dancefloor", "raver", "electronically", "trancey"),
    "jazz": ("jazzy", "swinging", "jazzman", "jazzed", "jazzlike", "swingy"),
    "cinematic": ("cinema", "filmic", "symphonic", "orchestrated", "cinematically", "soundtracks"),
    "metal": ("metallic", "metalhead", "thrashing", "headbanger", "metallish", "thrashy"),
    "chiptune": ("chiptunes", "videogame", "8bit", "arcades", "pixelated", "chippy"),
    "folk": ("folky", "folksy", "acoustically", "folkish", "campfires", "folklore"),
    "lofi": ("lofish", "chillhoppy", "hiphop", "lofied", "chilled", "lofis"),
    "piano": ("pianistic", "pianos", "pianoforte", "sonatas", "nocturnes", "pianistically"),
}
_HELD_OUT_TEMPO = (("slowly", "calmly", "slowish"), ("moderately", "mediumish"), ("faster", "energetically", "fastish"))
_HELD_OUT_MODE = (("happily", "brightly", "cheerfully"), ("sadly", "darkly", "gloomily"))
_HELD_OUT_FORMS = (
    "Please compose {tempo} moving {style} sounds, {mode} coloured",
    "{style}; {tempo}; {mode}",
    "Could you write us {style} stuff which goes {tempo} and feels {mode} tinted?",
    "{mode} {style} vibes, played {tempo}",
    "My clip needs {style} accompaniment, {tempo} paced, {mode} voiced",
    "{tempo} {style} theme ({mode})",
)


@dataclass(frozen=True)
class HeldOut:
    text: str
    style: str
    tempo: int
    mode: int


def held_out() -> list[HeldOut]:
    """60 prompts: every style in 3 tempos and 2 modes."""
    found = []
    for s, style in enumerate(STYLES):
        for i in range(6):
            tempo, mode = i % 3, (i + s) % 2
            tempos, modes = _HELD_OUT_TEMPO[tempo], _HELD_OUT_MODE[mode]
            text = _HELD_OUT_FORMS[(i + s) % 6].format(
                style=_HELD_OUT_STYLE[style][i],
                tempo=tempos[(i + s) % len(tempos)],
                mode=modes[(i // 2 + s) % len(modes)],
            )
            found.append(HeldOut(text, style, tempo, mode))
    return found


SMALL_WORDS = frozenset({"a", "and", "for", "in", "my", "which", "with", "us"})
"""The only words that training and held-out prompts share."""


def words_of(text: str) -> set[str]:
    return set(re.findall(r"[a-z0-9]+", text.lower()))


@functools.cache
def _held_out_words() -> frozenset[str]:
    return frozenset(word for asked in held_out() for word in words_of(asked.text)) - SMALL_WORDS
