package acestep4j.audio;

/**
 * Sound in memory.
 *
 * @param samples {@code [channel][sample]}, nominal range -1 to 1, every channel of the same length; not copied
 * @param sampleRate in Hz
 */
public record AudioBuffer(float[][] samples, int sampleRate) {
    public AudioBuffer {
        if (samples.length == 0) {
            throw new IllegalArgumentException("samples: expected at least one channel, found none");
        }
        for (float[] channel : samples) {
            if (channel.length != samples[0].length) {
                throw new IllegalArgumentException("samples: expected " + samples[0].length
                        + " samples in every channel, found " + channel.length);
            }
        }
        if (sampleRate < 1) {
            throw new IllegalArgumentException("sampleRate: expected at least 1 Hz, found " + sampleRate);
        }
    }

    public int channels() {
        return samples.length;
    }

    /** Samples per channel. */
    public int length() {
        return samples[0].length;
    }

    /** Length in seconds. */
    public double seconds() {
        return (double) length() / sampleRate;
    }
}
