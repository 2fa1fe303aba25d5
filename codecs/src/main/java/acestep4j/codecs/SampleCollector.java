package acestep4j.codecs;

import acestep4j.audio.AudioBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Gathers decoded samples, as many as the longest duration allows. Not thread-safe. */
final class SampleCollector {
    private static final int BLOCK_FRAMES = 1 << 15;
    /** What may still be cut off at the end. */
    private static final int PADDING = 1 << 13;

    private static final String GOES_ON = "the file goes on";
    private static final int MOST_CHANNELS = 64;
    private static final int HIGHEST_RATE = 768_000;

    private final String name;
    private final int channels;
    private final int sampleRate;
    private final Duration longest;
    private final long mostFrames;
    private final List<float[][]> blocks = new ArrayList<>();
    private long frames;

    /** @throws AudioFileException if no audio of this kind can be read */
    SampleCollector(String name, int channels, long sampleRate, Duration longest) {
        if (channels < 1 || channels > MOST_CHANNELS) {
            throw new AudioFileException(
                    name, "expected 1 to " + MOST_CHANNELS + " channels, found " + channels + "; mix it down first");
        }
        if (sampleRate < 1 || sampleRate > HIGHEST_RATE) {
            throw new AudioFileException(
                    name, "expected a sample rate of 1 to " + HIGHEST_RATE + " Hz, found " + sampleRate);
        }
        this.name = name;
        this.channels = channels;
        this.sampleRate = (int) sampleRate;
        this.longest = longest;
        this.mostFrames = (long) Math.min(Integer.MAX_VALUE - 2 * PADDING, Math.floor(seconds(longest) * sampleRate));
    }

    int channels() {
        return channels;
    }

    int sampleRate() {
        return sampleRate;
    }

    /** Samples per channel so far. */
    long frames() {
        return frames;
    }

    double seconds() {
        return (double) frames / sampleRate;
    }

    /**
     * Before anything is decoded.
     *
     * @param declared samples per channel that the file says it has
     * @throws AudioFileException if that is more than the longest duration or than the Java heap can hold
     */
    void expect(long declared) {
        if (declared > mostFrames) {
            throw tooLong(String.format(Locale.ROOT, "found %.1f s", (double) declared / sampleRate));
        }
        if (4.0 * declared * channels > Runtime.getRuntime().maxMemory()) {
            throw tooLarge(declared, null);
        }
    }

    /**
     * @param samples {@code [channel][sample]}; copied
     * @param count samples per channel to take
     */
    void add(float[][] samples, int count) {
        if (frames + count > mostFrames + PADDING) {
            throw tooLong(GOES_ON);
        }
        for (int c = 0; c < channels; c++) {
            for (int i = 0; i < count; i++) {
                if (!Float.isFinite(samples[c][i])) {
                    throw new AudioFileException(
                            name,
                            String.format(
                                    Locale.ROOT,
                                    "expected finite samples, found %s at %.3f s in channel %d; export it again",
                                    samples[c][i],
                                    (double) (frames + i) / sampleRate,
                                    c + 1));
                }
            }
        }
        for (int done = 0; done < count; ) {
            int at = (int) ((frames + done) % BLOCK_FRAMES);
            if (at == 0) {
                blocks.add(block());
            }
            int run = Math.min(count - done, BLOCK_FRAMES - at);
            for (int c = 0; c < channels; c++) {
                System.arraycopy(samples[c], done, blocks.get(blocks.size() - 1)[c], at, run);
            }
            done += run;
        }
        frames += count;
    }

    /** Drops what is behind that many samples per channel. */
    void cutTo(long length) {
        frames = Math.min(frames, Math.max(0, length));
    }

    /** @throws AudioFileException if there are no samples or too many */
    AudioBuffer audio() {
        if (frames == 0) {
            throw new AudioFileException(name, "has no samples; give a file with sound");
        }
        if (frames > mostFrames) {
            throw tooLong(GOES_ON);
        }
        try {
            float[][] samples = new float[channels][];
            for (int c = 0; c < channels; c++) {
                samples[c] = new float[(int) frames];
                for (int b = 0; b < blocks.size(); b++) {
                    int start = b * BLOCK_FRAMES;
                    int run = Math.max(0, Math.min(BLOCK_FRAMES, (int) frames - start));
                    System.arraycopy(blocks.get(b)[c], 0, samples[c], start, run);
                    blocks.get(b)[c] = null;
                }
            }
            return new AudioBuffer(samples, sampleRate);
        } catch (OutOfMemoryError e) {
            throw tooLarge(frames, e);
        }
    }

    private float[][] block() {
        try {
            return new float[channels][BLOCK_FRAMES];
        } catch (OutOfMemoryError e) {
            blocks.clear();
            throw tooLarge(frames, e);
        }
    }

    private AudioFileException tooLong(String found) {
        return new AudioFileException(
                name,
                String.format(
                        Locale.ROOT, "expected at most %s s of audio, %s; cut it shorter", plain(longest), found));
    }

    private AudioFileException tooLarge(long count, Error cause) {
        return new AudioFileException(
                name,
                String.format(
                        Locale.ROOT,
                        "%d channels of %.1f s at %d Hz don't fit into the Java heap of %d MiB; cut it shorter or raise -Xmx",
                        channels,
                        (double) count / sampleRate,
                        sampleRate,
                        Runtime.getRuntime().maxMemory() >> 20),
                cause);
    }

    private static double seconds(Duration duration) {
        return duration.getSeconds() + duration.getNano() / 1e9;
    }

    private static String plain(Duration duration) {
        return duration.getNano() == 0 ? Long.toString(duration.getSeconds()) : Double.toString(seconds(duration));
    }
}
