#!/usr/bin/env python3
"""Writes the audio files of the tests of acestep4j.codecs, and what other decoders make of them.

    pip install soundfile av numpy
    python scripts/golden/make_audio_golden.py --out codecs/src/test/resources/audio

Beside NAME.EXT lies NAME.f32 (float32) or NAME.s16 (int16): the samples, little-endian, channels interleaved, as
libsndfile reads NAME.EXT. libsndfile reads no AAC and no ALAC: there they are what was encoded; aac_adts.aac has
the sound of m4a_aac.m4a. A second run gives other serial numbers in the OGG files, and so other bytes.
"""

import argparse
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import soundfile

# name, extension, libsndfile's format and subtype, sample rate, channels, samples, how the golden samples are kept
SNDFILE = [
    ["wav_u8", "wav", "WAV", "PCM_U8", 8000, 1, 300, "f32"],
    ["wav_s16", "wav", "WAV", "PCM_16", 44100, 2, 301, "f32"],
    ["wav_s24", "wav", "WAV", "PCM_24", 48000, 1, 301, "f32"],
    ["wav_s32", "wav", "WAV", "PCM_32", 96000, 2, 300, "f32"],
    ["wav_f32", "wav", "WAV", "FLOAT", 22050, 1, 300, "f32"],
    ["wav_f64", "wav", "WAV", "DOUBLE", 11025, 2, 300, "f32"],
    ["wav_extensible", "wav", "WAVEX", "PCM_24", 192000, 2, 301, "f32"],
    ["wav_8_channels", "wav", "WAVEX", "PCM_16", 48000, 8, 200, "f32"],
    ["wav_rf64", "wav", "RF64", "PCM_16", 32000, 1, 200, "f32"],
    ["wav_ulaw", "wav", "WAV", "ULAW", 8000, 1, 200, None],
    ["flac_s16", "flac", "FLAC", "PCM_16", 44100, 2, 5000, "s16"],
    ["flac_s24", "flac", "FLAC", "PCM_24", 192000, 1, 3000, "f32"],
    ["flac_s8", "flac", "FLAC", "PCM_S8", 16000, 1, 1500, "s16"],
    ["flac_8_channels", "flac", "FLAC", "PCM_16", 48000, 8, 400, "s16"],
    ["mp3_stereo", "mp3", "MP3", "MPEG_LAYER_III", 44100, 2, 8821, "s16"],
    ["mp3_mono", "mp3", "MP3", "MPEG_LAYER_III", 22050, 1, 5513, "s16"],
    ["ogg_vorbis", "ogg", "OGG", "VORBIS", 44100, 2, 8821, "s16"],
    ["ogg_vorbis_mono", "ogg", "OGG", "VORBIS", 22050, 1, 5001, "s16"],
    ["ogg_opus", "ogg", "OGG", "OPUS", 48000, 2, 9601, "s16"],
]


def sound(rate: int, channels: int, length: int) -> np.ndarray:
    """Two tones that glide, another pair per channel, and a little noise: [samples, channels] within -0.8 to 0.8."""
    noise = np.random.default_rng(length).uniform(-0.005, 0.005, (length, channels))
    seconds = np.arange(length)[:, None] / rate
    low = (200 + 70 * np.arange(channels)) * min(1, rate / 22050)
    tones = 0.5 * np.sin(2 * np.pi * low * (seconds + 2 * seconds**2)) + 0.25 * np.sin(2 * np.pi * 4.3 * low * seconds)
    return tones + noise


def keep(out: Path, name: str, samples: np.ndarray, kind: str) -> None:
    """Samples [samples, channels] of float."""
    if kind == "s16":
        samples = np.clip(np.rint(samples * 32768), -32768, 32767).astype("<i2")
    (out / f"{name}.{kind}").write_bytes(
        np.ascontiguousarray(samples).astype("<i2" if kind == "s16" else "<f4").tobytes()
    )


def with_sndfile(out: Path) -> None:
    for name, extension, container, subtype, rate, channels, length, kind in SNDFILE:
        file = out / f"{name}.{extension}"
        soundfile.write(file, sound(rate, channels, length), rate, format=container, subtype=subtype)
        if kind:
            keep(out, name, soundfile.read(file, dtype="float32", always_2d=True)[0], kind)


def with_ffmpeg(
    file: Path,
    container: str,
    codec: str,
    rate: int,
    length: int,
    *,
    layout: str = "stereo",
    options: dict | None = None,
) -> np.ndarray:
    """[samples, channels] that were encoded."""
    channels = 1 if layout == "mono" else 2
    samples = sound(rate, channels, length)
    with av.open(str(file), "w", format=container, options={"fflags": "+bitexact", **(options or {})}) as muxer:
        stream = muxer.add_stream(codec, rate=rate, layout=layout)
        stream.bit_rate = 128000
        if codec == "alac":
            stream.codec_context.format = "s16p"
        kind = stream.codec_context.format.name
        data = samples.T.astype(np.float32)
        if kind == "s16p":
            data = np.rint(samples.T * 32768).astype(np.int16)
            samples = data.T / 32768
        fifo = av.AudioFifo()
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(data), format=kind, layout=layout)
        frame.sample_rate = rate
        frame.pts = 0
        frame.time_base = Fraction(1, rate)
        fifo.write(frame)
        stream.codec_context.open()
        size = stream.codec_context.frame_size or length
        while (part := fifo.read(size, partial=True)) is not None:
            muxer.mux(stream.encode(part))
        muxer.mux(stream.encode(None))
    return samples


def video_only(file: Path) -> None:
    with av.open(str(file), "w", format="mp4", options={"fflags": "+bitexact"}) as muxer:
        stream = muxer.add_stream("mpeg4", rate=10)
        stream.width = stream.height = 16
        stream.pix_fmt = "yuv420p"
        for _ in range(3):
            muxer.mux(stream.encode(av.VideoFrame.from_ndarray(np.full((16, 16, 3), 90, np.uint8), format="rgb24")))
        muxer.mux(stream.encode(None))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    with_sndfile(out)
    keep(out, "m4a_aac", with_ffmpeg(out / "m4a_aac.m4a", "ipod", "aac", 44100, 8821), "s16")
    keep(
        out,
        "m4a_aac_mono",
        with_ffmpeg(
            out / "m4a_aac_mono.m4a",
            "ipod",
            "aac",
            22050,
            5001,
            layout="mono",
            options={"movflags": "+faststart"},
        ),
        "s16",
    )
    with_ffmpeg(out / "aac_adts.aac", "adts", "aac", 44100, 8821)
    keep(out, "m4a_alac", with_ffmpeg(out / "m4a_alac.m4a", "ipod", "alac", 44100, 5000), "s16")
    with_ffmpeg(out / "m4a_ac3.m4a", "mov", "ac3", 44100, 3072)
    video_only(out / "video_only.mp4")


if __name__ == "__main__":
    main()
