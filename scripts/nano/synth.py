"""Our own music: labels -> score -> stereo waveform. numpy only, the same bytes for the same seed.

The music is made so that a small vocoder can learn it. A convolutional vocoder sees the mel frame by frame and treats
every frame alike, so whatever sounds is a function of the frame and its place on one clock:

- every waveform repeats after PERIOD samples (8 mel frames) and counts its phase from sample 0. Pitches are therefore
  multiples of 44100 / 4096 = 10.77 Hz: a just-intoned white-note scale around C4 = 24 * 10.77 = 258.4 Hz.
- notes and drums begin on a multiple of 4 mel frames, and a beat is a whole number of latent frames (8 mel frames
  each), so the tempos are 646 / n bpm.
- drums draw their noise from one fixed loop, so that a hit is always the same waveform.
- the sum goes through tanh, as the vocoder's last layer does, and through nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

SAMPLE_RATE = 44100
HOP = 512
LATENT_FRAMES = 8
PERIOD = HOP * LATENT_FRAMES
GRID = SAMPLE_RATE / PERIOD
"""Hz between neighbouring pitches; a pitch is an integer number of these."""

STYLES = ("ambient", "rock", "electronic", "jazz", "cinematic", "metal", "chiptune", "folk", "lofi", "piano")
DRUM_STYLES = ("rock", "electronic", "jazz", "metal", "chiptune", "lofi")
TEMPO_CLASSES = ("slow", "medium", "fast")
BEATS = (10, 8, 7, 6, 5, 4)
"""Latent frames per beat: 65, 81, 92, 108, 129 and 161 bpm; two for each tempo class."""
MODES = ("major", "minor")
LEADS: dict[str, tuple[str, ...]] = {
    "ambient": ("bell", "flute"),
    "rock": ("guitar solo", "organ"),
    "electronic": ("synth", "keys"),
    "jazz": ("sax", "piano"),
    "cinematic": ("violin", "horn"),
    "metal": ("guitar solo",),
    "chiptune": ("square",),
    "folk": ("flute", "guitar"),
    "lofi": ("keys", "bell"),
    "piano": ("piano",),
}


@dataclass(frozen=True)
class Labels:
    """What a clip is asked to be; `beat` counts latent frames."""

    style: str
    beat: int
    mode: int
    lead: str

    @property
    def tempo(self) -> int:
        return BEATS.index(self.beat) // 2

    @property
    def bpm(self) -> float:
        return 60 * SAMPLE_RATE / (PERIOD * self.beat)


def draw_labels(
    rng: np.random.Generator, style: str | None = None, tempo: int | None = None, mode: int | None = None
) -> Labels:
    style = STYLES[rng.integers(len(STYLES))] if style is None else style
    tempo = int(rng.integers(3)) if tempo is None else tempo
    mode = int(rng.integers(2)) if mode is None else mode
    leads = LEADS[style]
    return Labels(style, BEATS[2 * tempo + rng.integers(2)], mode, leads[rng.integers(len(leads))])


# Sounds.


def _periodic(amplitudes: Callable[[np.ndarray, float], np.ndarray], pitch: int, phases: bool) -> np.ndarray:
    """One PERIOD of a harmonic tone, RMS 1. Harmonics above 6.5 kHz are left to the drums."""
    count = max(1, int(6500 / (pitch * GRID)))
    k = np.arange(1, count + 1)
    phase = np.random.default_rng(3).uniform(0, 2 * np.pi, 200)[:count] if phases else np.zeros(count)
    spectrum = np.zeros(PERIOD // 2 + 1, complex)
    spectrum[k * pitch] = amplitudes(k, pitch * GRID) * np.exp(1j * (phase - np.pi / 2))
    return _unit(np.fft.irfft(spectrum))


def _unit(wave: np.ndarray) -> np.ndarray:
    return (wave / np.sqrt(np.mean(wave**2))).astype(np.float32)


def _power(pitch: int) -> np.ndarray:
    """A distorted guitar's root and fifth (or octave where the scale has no fifth): one waveform, not two notes."""
    fifth = _FIFTHS[pitch]
    saw = [_periodic(lambda k, f: 1.0 / k, p, False) for p in (pitch, fifth)]
    spectrum = np.fft.rfft(np.tanh(1.2 * (saw[0] + 0.8 * saw[1])))
    spectrum[0] = 0
    spectrum[int(6500 / GRID) :] = 0
    return _unit(np.fft.irfft(spectrum))


_FIFTHS = {6: 9, 8: 12, 9: 18, 10: 15, 12: 18, 15: 30, 16: 24, 18: 27, 20: 30, 27: 40}
_HARMONICS: dict[str, tuple[Callable[[np.ndarray, float], np.ndarray], bool]] = {
    "bass": (lambda k, f: (k <= 8) / k, True),
    "pad": (lambda k, f: (k <= 6) / k**1.5, True),
    "saw": (lambda k, f: np.exp(-k * f / 4000) / k, False),
    "keys": (lambda k, f: (k == 1) + 0.4 * (k == 2) + 0.1 * (k == 3) + 0.2 * (k == 4), True),
    "pluck": (lambda k, f: np.abs(np.sin(np.pi * k * 0.21)) * np.exp(-k * f / 3500) / k**0.9, True),
    "organ": (lambda k, f: np.isin(k, (1, 2, 3, 4, 6)) / np.sqrt(k), True),
    "square": (lambda k, f: (k % 2) / k, False),
    "bell": (lambda k, f: (k == 1) + 0.5 * (k == 3) + 0.3 * (k == 5), True),
    "reed": (lambda k, f: np.exp(-np.abs(k * f - 900) / 900), True),
    "flute": (lambda k, f: (k == 1) + 0.25 * (k == 2) + 0.08 * (k == 3), True),
}


@dataclass(frozen=True)
class Instrument:
    """A waveform family and its envelope: attack and release in seconds, decay in 1/s."""

    waveform: str
    attack: float
    decay: float
    release: float
    gain: float


INSTRUMENTS: dict[str, Instrument] = {
    "bass": Instrument("bass", 0.004, 0.8, 0.02, 0.15),
    "pad": Instrument("pad", 0.18, 0.0, 0.2, 0.085),
    "strings": Instrument("saw", 0.07, 0.0, 0.08, 0.08),
    "power": Instrument("power", 0.003, 0.4, 0.02, 0.15),
    "muted power": Instrument("power", 0.002, 7.0, 0.02, 0.2),
    "guitar solo": Instrument("saw", 0.004, 0.3, 0.03, 0.15),
    "synth": Instrument("saw", 0.004, 0.8, 0.02, 0.14),
    "violin": Instrument("saw", 0.04, 0.0, 0.05, 0.15),
    "keys": Instrument("keys", 0.004, 1.2, 0.05, 0.11),
    "piano": Instrument("pluck", 0.003, 1.8, 0.06, 0.2),
    "guitar": Instrument("pluck", 0.002, 3.0, 0.04, 0.19),
    "organ": Instrument("organ", 0.006, 0.0, 0.02, 0.14),
    "square": Instrument("square", 0.002, 0.5, 0.01, 0.13),
    "square chord": Instrument("square", 0.002, 2.0, 0.01, 0.09),
    "bell": Instrument("bell", 0.002, 1.8, 0.06, 0.15),
    "sax": Instrument("reed", 0.02, 0.0, 0.03, 0.15),
    "horn": Instrument("reed", 0.04, 0.0, 0.05, 0.15),
    "flute": Instrument("flute", 0.03, 0.0, 0.03, 0.15),
}
_tables: dict[tuple[str, int], np.ndarray] = {}


def table(waveform: str, pitch: int) -> np.ndarray:
    """One PERIOD of the waveform at `pitch`, RMS 1."""
    key = waveform, pitch
    if key not in _tables:
        _tables[key] = _power(pitch) if waveform == "power" else _periodic(*_pick(waveform, pitch))
    return _tables[key]


def _pick(waveform: str, pitch: int) -> tuple[Callable[[np.ndarray, float], np.ndarray], int, bool]:
    amplitudes, phases = _HARMONICS[waveform]
    return amplitudes, pitch, phases


_NOISE = np.random.default_rng(11).standard_normal(PERIOD)


def _noise(low: float, high: float) -> np.ndarray:
    spectrum = np.fft.rfft(_NOISE)
    f = np.arange(len(spectrum)) * GRID
    spectrum[(f < low) | (f > high)] = 0
    return _unit(np.fft.irfft(spectrum))


@dataclass(frozen=True)
class Drum:
    """A looped waveform under an exponential envelope; `decay` in 1/s, `length` in mel frames."""

    wave: np.ndarray
    gain: float
    decay: float
    length: int


def _tone(pitch: int) -> np.ndarray:
    return _unit(np.sin(2 * np.pi * pitch * np.arange(PERIOD) / PERIOD))


def _kick_wave() -> np.ndarray:
    t = np.arange(PERIOD) / SAMPLE_RATE
    return np.sin(2 * np.pi * np.cumsum(50 + 110 * np.exp(-t * 40)) / SAMPLE_RATE).astype(np.float32)


DRUMS: dict[str, Drum] = {
    "snare": Drum(0.8 * _noise(500, 6000) + 0.7 * _tone(17), 0.26, 24, 16),
    "soft snare": Drum(_noise(900, 4500), 0.16, 26, 14),
    "clap": Drum(_noise(1200, 4000), 0.3, 26, 14),
    "hat": Drum(_noise(7000, 12500), 0.1, 70, 6),
    "open hat": Drum(_noise(6500, 12500), 0.1, 16, 16),
    "ride": Drum(_noise(5000, 10000), 0.09, 14, 20),
    "crash": Drum(_noise(3000, 11000), 0.13, 5, 48),
    "burst": Drum(_noise(1500, 8000), 0.2, 35, 10),
    "timpani": Drum(_tone(7), 0.5, 5, 40),
}
KICK = Drum(_kick_wave(), 0.75, 16, 8)
"""Played from its own start, not from the clock: its pitch falls."""


# Scores. Times are mel frames; a half is half a beat.


@dataclass
class Score:
    frames: int
    notes: list[tuple[str, int, int, int, float]] = field(default_factory=list)
    hits: list[tuple[str, int, float]] = field(default_factory=list)

    def note(self, instrument: str, start: int, length: int, pitch: int, velocity: float = 1.0) -> None:
        if start < self.frames:
            self.notes.append((instrument, start, length, pitch, velocity))

    def hit(self, drum: str, start: int, velocity: float = 1.0) -> None:
        if start < self.frames:
            self.hits.append((drum, start, velocity))


@dataclass(frozen=True)
class Chord:
    """Pitches on the grid: bass, power-chord roots (rock, metal), triad, seventh-chord voices above the bass."""

    bass: int
    rock: int
    metal: int
    triad: tuple[int, int, int]
    seventh: tuple[int, int, int]


_C = Chord(12, 12, 6, (24, 30, 36), (30, 36, 45))
_F = Chord(8, 16, 8, (24, 32, 40), (20, 24, 30))
_G = Chord(9, 18, 9, (27, 36, 45), (27, 32, 45))
_AM = Chord(10, 20, 10, (24, 30, 40), (24, 30, 36))
_DM = Chord(16, 27, 8, (27, 32, 40), (24, 32, 40))
_EM = Chord(15, 15, 15, (30, 36, 45), (27, 36, 45))
PROGRESSIONS = (
    ((_C, _G, _AM, _F), (_C, _F, _C, _G), (_C, _AM, _F, _G), (_C, _EM, _F, _C)),
    ((_AM, _F, _C, _G), (_AM, _DM, _AM, _EM), (_AM, _G, _F, _G), (_AM, _EM, _F, _AM)),
)
PENTATONIC = (36, 40, 48, 54, 60, 72)


def _melody(
    rng: np.random.Generator, bars: int, slots: tuple[tuple[int, int], ...]
) -> list[list[tuple[int, int, int]]]:
    """Per bar (half, halves, pitch): two motifs, AABA, each a short walk over the pentatonic scale."""
    motifs = []
    for _ in range(2):
        place, motif = int(rng.integers(1, 5)), []
        for half, length in slots:
            place = int(np.clip(place + rng.integers(-2, 3), 0, len(PENTATONIC) - 1))
            motif.append((half, length, PENTATONIC[place]))
        motifs.append(motif)
    return [motifs[1] if bar % 4 == 2 else motifs[0] for bar in range(bars)]


_LONG = (((0, 4), (4, 4)), ((0, 6), (6, 2)), ((0, 3), (3, 5)))
_SONG = (((0, 2), (2, 2), (4, 4)), ((0, 3), (3, 1), (4, 4)), ((0, 4), (4, 2), (6, 2)), ((0, 2), (2, 4), (6, 2)))
_SHORT = (((0, 2), (2, 1), (3, 1), (4, 4)), ((0, 1), (1, 1), (2, 2), (4, 2), (6, 2)), ((0, 2), (2, 2), (4, 2), (6, 2)))


def compose(labels: Labels, frames: int, rng: np.random.Generator) -> Score:
    score = Score(frames)
    half = labels.beat * LATENT_FRAMES // 2
    bar = 8 * half
    bars = -(-frames // bar)
    progression = PROGRESSIONS[labels.mode][rng.integers(4)]
    style = labels.style
    slots = {"ambient": _LONG, "cinematic": _LONG, "lofi": _LONG, "jazz": _SHORT, "chiptune": _SHORT}.get(style, _SONG)
    melody = _melody(rng, bars, slots[rng.integers(len(slots))])
    variant = int(rng.integers(2))
    for b in range(bars):
        chord = progression[b % 4]
        at = b * bar
        _STYLE_BARS[style](score, chord, at, half, b, variant)
        for start, length, pitch in melody[b]:
            score.note(labels.lead, at + start * half, length * half, pitch, _LEAD_LEVEL[style])
    return score


_LEAD_LEVEL = {
    "ambient": 0.9, "rock": 0.9, "electronic": 0.9, "jazz": 1.0, "cinematic": 1.0, "metal": 0.8, "chiptune": 1.0,
    "folk": 1.0, "lofi": 0.9, "piano": 1.1,
}  # fmt: skip


def _ambient(s: Score, c: Chord, at: int, half: int, b: int, variant: int) -> None:
    for pitch in c.triad:
        s.note("pad", at, 8 * half, pitch)
    s.note("pad", at, 8 * half, 2 * c.bass, 1.3)


def _rock(s: Score, c: Chord, at: int, half: int, b: int, variant: int) -> None:
    for k in (0, 3, 4, 7) if variant else (0, 2, 4, 6):
        s.note("power", at + k * half, (3 if variant and k % 4 == 0 else 2 - variant) * half, c.rock)
    for k in range(8):
        s.note("bass", at + k * half, half, c.bass, 0.8)
        s.hit("hat", at + k * half)
    for k in (0, 4, 5) if variant else (0, 3, 4):
        s.hit("kick", at + k * half)
    for k in (2, 6):
        s.hit("snare", at + k * half)
    if b % 4 == 0:
        s.hit("crash", at)


def _electronic(s: Score, c: Chord, at: int, half: int, b: int, variant: int) -> None:
    for pitch in c.triad:
        s.note("strings", at, 8 * half, pitch, 0.6)
    for k in range(8):
        if k % 2:
            s.note("bass", at + k * half, half, c.bass)
            s.hit("open hat", at + k * half)
        else:
            s.hit("kick", at + k * half)
        s.note("keys", at + k * half, half, c.triad[(0, 1, 2, 1)[k % 4] if variant else k % 3], 0.7)
    for k in (2, 6):
        s.hit("clap", at + k * half)


def _jazz(s: Score, c: Chord, at: int, half: int, b: int, variant: int) -> None:
    for k in (0, 2, 3, 4, 6, 7):
        s.hit("ride", at + k * half, 1.0 if k % 2 == 0 else 0.7)
    for k in (2, 6):
        s.hit("hat", at + k * half, 0.8)
    walk = (c.bass, c.triad[1] // 2 if c.triad[1] % 2 == 0 else c.bass, 2 * c.bass if c.bass < 12 else c.bass, c.bass)
    for k in range(4):
        s.note("bass", at + 2 * k * half, 2 * half, walk[k])
    for start, length in ((0, 3), (3, 5)) if variant else ((1, 4), (5, 3)):
        for pitch in c.seventh:
            s.note("keys", at + start * half, length * half, pitch, 0.8)


def _cinematic(s: Score, c: Chord, at: int, half: int, b: int, variant: int) -> None:
    for pitch in c.triad:
        s.note("strings", at, 8 * half, pitch)
    s.note("strings", at, 8 * half, c.bass, 1.2)
    for k, v in ((0, 1.0), (5, 0.6), (6, 0.8)) if variant else ((0, 1.0), (4, 0.7)):
        s.hit("timpani", at + k * half, v)
    if b % 4 == 0:
        s.hit("crash", at)


def _metal(s: Score, c: Chord, at: int, half: int, b: int, variant: int) -> None:
    for k in range(8):
        s.note("muted power", at + k * half, half, c.metal)
        s.hit("kick" if k % 2 == 0 or variant else "snare", at + k * half, 0.9)
    for k in range(0, 8, 2):
        s.hit("crash", at + k * half, 0.7)
        if variant and k % 4 == 2:
            s.hit("snare", at + k * half)


def _chiptune(s: Score, c: Chord, at: int, half: int, b: int, variant: int) -> None:
    for k in range(8):
        s.note("square chord", at + k * half, half, c.triad[k % 3 if variant else (0, 2, 1, 2)[k % 4]])
        s.note("flute", at + k * half, half, 2 * c.bass if c.bass < 12 else c.bass, 1.0)
    for k in (0, 3, 4) if variant else (0, 4):
        s.hit("kick", at + k * half, 0.8)
    for k in (2, 6):
        s.hit("burst", at + k * half)
    for k in (1, 5, 7):
        s.hit("burst", at + k * half, 0.45)


def _folk(s: Score, c: Chord, at: int, half: int, b: int, variant: int) -> None:
    pattern = (0, 2, 1, 2) if variant else (0, 1, 2, 1)
    for k in range(8):
        s.note("guitar", at + k * half, 2 * half, c.triad[pattern[k % 4]], 0.9)
    for k in (0, 4):
        s.note("guitar", at + k * half, 4 * half, 2 * c.bass if c.bass < 9 else c.bass, 1.2)


def _lofi(s: Score, c: Chord, at: int, half: int, b: int, variant: int) -> None:
    for pitch in c.seventh:
        s.note("keys", at, 8 * half, pitch)
    for k, length in ((0, 5), (5, 3)) if variant else ((0, 3), (3, 5)):
        s.note("bass", at + k * half, length * half, c.bass, 1.1)
        s.hit("kick", at + k * half, 0.8)
    for k in (2, 6):
        s.hit("soft snare", at + k * half)
    for k in range(8):
        s.hit("hat", at + k * half, 0.7 if k % 2 else 1.0)


def _piano(s: Score, c: Chord, at: int, half: int, b: int, variant: int) -> None:
    low = 2 * c.bass if c.bass < 9 else c.bass
    for k, pitch in enumerate((low, c.triad[1], c.triad[0], c.triad[1]) if variant else (low, *c.triad)):
        s.note("piano", at + 2 * k * half, (8 - 2 * k) * half, pitch, 0.8)


_STYLE_BARS: dict[str, Callable[[Score, Chord, int, int, int, int], None]] = {
    "ambient": _ambient, "rock": _rock, "electronic": _electronic, "jazz": _jazz, "cinematic": _cinematic,
    "metal": _metal, "chiptune": _chiptune, "folk": _folk, "lofi": _lofi, "piano": _piano,
}  # fmt: skip
_CENTRED = ("bass", "muted power")


def mix(labels: Labels, frames: int, rng: np.random.Generator) -> np.ndarray:
    """The clip before tanh: float32 [2, 512 * frames]. Its bars begin at sample 0."""
    score = compose(labels, frames, rng)
    samples = frames * HOP
    out = np.zeros((2, samples), np.float32)
    for name, start, length, pitch, velocity in score.notes:
        instrument = INSTRUMENTS[name]
        begin, hold = start * HOP, length * HOP
        count = min(hold + int(instrument.release * SAMPLE_RATE), samples - begin)
        sides = (0.8, 1.0) if name == labels.lead else (1.0, 1.0) if name in _CENTRED else (1.0, 0.8)
        t = np.arange(count, dtype=np.float32) / SAMPLE_RATE
        envelope = np.minimum(1, t / instrument.attack)
        if instrument.decay:
            envelope *= np.exp(-instrument.decay * t)
        if count > hold:
            release = int(instrument.release * SAMPLE_RATE)
            envelope[hold:] *= 1 - np.arange(count - hold, dtype=np.float32) / release
        wave = _looped(table(instrument.waveform, pitch), begin, count) * envelope * (velocity * instrument.gain)
        out[0, begin : begin + count] += sides[0] * wave
        out[1, begin : begin + count] += sides[1] * wave
    for name, start, velocity in score.hits:
        begin = start * HOP
        drum = KICK if name == "kick" else DRUMS[name]
        count = min(drum.length * HOP, samples - begin)
        t = np.arange(count, dtype=np.float32) / SAMPLE_RATE
        envelope = np.exp(-drum.decay * t) * np.minimum(1, (drum.length * HOP - np.arange(count)) / HOP)
        wave = _looped(drum.wave, 0 if name == "kick" else begin, count) * envelope * (velocity * drum.gain)
        out[:, begin : begin + count] += wave.astype(np.float32)
    return out


def _looped(wave: np.ndarray, begin: int, count: int) -> np.ndarray:
    offset = begin % PERIOD
    return np.tile(wave, -(-(offset + count) // PERIOD))[offset : offset + count]


def render(labels: Labels, frames: int, rng: np.random.Generator) -> np.ndarray:
    """The clip: float32 [2, 512 * frames], within -1..1."""
    return np.tanh(mix(labels, frames, rng))
