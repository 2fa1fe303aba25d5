package acestep4j.benchmarks;

import acestep4j.audio.AudioBuffer;
import java.util.Random;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** From 48 kHz stereo to latents, as the tasks that start from a piece need it. */
public class LatentEncoderBenchmark extends ModelBenchmark {
    private static final int SAMPLE_RATE = 48_000;
    private static final float LOUDNESS = 0.1f;

    @Param("10")
    public double seconds;

    private AudioBuffer audio;

    @Override
    void prepare() {
        Random random = new Random(1);
        float[][] samples = new float[2][(int) (seconds * SAMPLE_RATE)];
        for (float[] channel : samples) {
            for (int i = 0; i < channel.length; i++) {
                channel[i] = (float) random.nextGaussian() * LOUDNESS;
            }
        }
        audio = new AudioBuffer(samples, SAMPLE_RATE);
    }

    @Benchmark
    public void encode() {
        model.encodeAudio(audio).close();
    }
}
