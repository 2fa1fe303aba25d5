package acestep4j.codecs;

import acestep4j.FileWriteException;
import acestep4j.InvalidRequestException;
import acestep4j.audio.AudioBuffer;
import acestep4j.audio.LoopPoints;
import acestep4j.audio.Resampler;
import acestep4j.audio.WavWriter;
import acestep4j.io.AtomicFile;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes audio files, all or not at all, with a text in the file's metadata. Values outside -1 to 1 are clipped, NaN is
 * silence; FLAC rounds as WAV does. The same audio gives the same bytes.
 *
 * <p>Thread-safe.
 */
public final class AudioFileWriter {
    private static final int LARGEST_FLAC_RATE = 655_350;
    private static final int OPUS_RATE = 48_000;
    private static final List<Integer> MP3_RATES =
            List.of(8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000);

    private AudioFileWriter() {}

    /** In the format that the file's name asks for: {@link AudioFormat#of}. */
    public static void write(Path file, AudioBuffer audio, String comment) {
        write(file, audio, AudioFormat.of(file), comment);
    }

    /**
     * @param comment goes into the file's metadata as UTF-8: ICMT of a WAV file, DESCRIPTION of FLAC and OGG, TXXX:comment of
     *     MP3
     * @throws InvalidRequestException if the format has no place for the channels or the sample rate
     * @throws FileWriteException if the file can't be written; nothing is left behind then
     */
    public static void write(Path file, AudioBuffer audio, AudioFormat format, String comment) {
        write(file, audio, format, comment, Optional.empty());
    }

    /**
     * The same with what is repeated in it: a chunk {@code smpl} of a WAV file, else the tags LOOPSTART and LOOPLENGTH (TXXX of
     * MP3), in samples of what the file holds once the encoder's own samples before and after it are cut off.
     *
     * @throws IllegalArgumentException if the loop reaches beyond the sound's end
     * @throws InvalidRequestException if the format has no place for the channels or the sample rate
     * @throws FileWriteException if the file can't be written; nothing is left behind then
     */
    public static void write(
            Path file, AudioBuffer audio, AudioFormat format, String comment, Optional<LoopPoints> loop) {
        if (format instanceof AudioFormat.Wav wav) {
            WavWriter.write(file, audio, wav.sampleFormat(), comment, loop);
            return;
        }
        loop.ifPresent(points -> points.requireWithin(audio));
        AudioBuffer encodable = encodable(audio, format);
        Map<String, String> tags = new LinkedHashMap<>();
        tags.put("comment", comment);
        loop.map(points -> resampled(points, audio, encodable)).ifPresent(points -> {
            tags.put("LOOPSTART", String.valueOf(points.start()));
            tags.put("LOOPLENGTH", String.valueOf(points.length()));
        });
        AtomicFile.writeSeekable(file, channel -> FfmpegEncoder.encode(channel, encodable, format, tags));
    }

    /** The nearest samples at the rate of the file. */
    private static LoopPoints resampled(LoopPoints loop, AudioBuffer from, AudioBuffer to) {
        double ratio = (double) to.sampleRate() / from.sampleRate();
        int start = (int) Math.round(loop.start() * ratio);
        int end = (int) Math.min(to.length(), Math.round((loop.start() + loop.length()) * ratio));
        return new LoopPoints(start, Math.max(1, end - start));
    }

    private static AudioBuffer encodable(AudioBuffer audio, AudioFormat format) {
        boolean mp3 = format instanceof AudioFormat.Mp3;
        if (audio.length() == 0) {
            throw new InvalidRequestException("audio", "expected samples, found none");
        }
        int most = mp3 ? 2 : 8;
        if (audio.channels() > most) {
            throw new InvalidRequestException(
                    "audio",
                    "expected 1 to " + most + " channels in this format, found " + audio.channels() + "; write WAV");
        }
        int rate = audio.sampleRate();
        if (format instanceof AudioFormat.Flac && rate > LARGEST_FLAC_RATE) {
            throw new InvalidRequestException(
                    "audio",
                    "expected at most " + LARGEST_FLAC_RATE + " Hz in a FLAC file, found " + rate + "; write WAV");
        }
        if (format instanceof AudioFormat.Mp3 settings) {
            requireMp3(rate, settings.kilobits());
        }
        return format instanceof AudioFormat.Ogg ? resampled(audio) : audio;
    }

    private static void requireMp3(int rate, int kilobits) {
        if (!MP3_RATES.contains(rate)) {
            throw new InvalidRequestException(
                    "audio",
                    "expected one of " + MP3_RATES + " Hz in an MP3 file, found " + rate
                            + "; resample it or write OGG");
        }
        int most = rate < 16_000 ? 64 : rate < 32_000 ? 160 : 320;
        if (kilobits > most) {
            throw new InvalidRequestException(
                    "kilobits",
                    "expected at most " + most + " kbit/s at " + rate + " Hz in an MP3 file, found " + kilobits);
        }
    }

    private static AudioBuffer resampled(AudioBuffer audio) {
        if (audio.sampleRate() == OPUS_RATE) {
            return audio;
        }
        Resampler resampler = new Resampler(audio.sampleRate(), OPUS_RATE);
        float[][] samples = new float[audio.channels()][];
        for (int c = 0; c < samples.length; c++) {
            samples[c] = resampler.resample(audio.samples()[c]);
        }
        return new AudioBuffer(samples, OPUS_RATE);
    }
}
