package acestep4j.examples;

import static org.lwjgl.openal.AL10.*;
import static org.lwjgl.openal.ALC10.*;

import acestep4j.audio.AudioStream;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.nio.ShortBuffer;
import org.lwjgl.BufferUtils;
import org.lwjgl.openal.AL;
import org.lwjgl.openal.ALC;

/** Music through OpenAL, from the game's own loop: {@code AdaptiveMusic}, or the stream of a job. */
public class LwjglExample implements AutoCloseable {
    private final AudioStream music;
    private final ShortBuffer samples = BufferUtils.createShortBuffer(2 * 4_800);
    private final long device = alcOpenDevice((ByteBuffer) null);
    private final long context = alcCreateContext(device, (IntBuffer) null);
    private final int source;

    public LwjglExample(AudioStream music) {
        this.music = music;
        alcMakeContextCurrent(context);
        AL.createCapabilities(ALC.createCapabilities(device));
        source = alGenSources();
        for (int i = 0; i < 4; i++) {
            queue(alGenBuffers());
        }
    }

    /** In each frame, at least every 100 ms. */
    public void eachFrame() {
        for (int played = alGetSourcei(source, AL_BUFFERS_PROCESSED); played > 0; played--) {
            queue(alSourceUnqueueBuffers(source));
        }
        if (alGetSourcei(source, AL_SOURCE_STATE) != AL_PLAYING) {
            alSourcePlay(source);
        }
    }

    private void queue(int buffer) {
        music.poll(samples.clear());
        alBufferData(buffer, AL_FORMAT_STEREO16, samples.flip(), music.sampleRate());
        alSourceQueueBuffers(source, buffer);
    }

    @Override
    public void close() {
        alDeleteSources(source);
        alcMakeContextCurrent(0);
        alcDestroyContext(context);
        alcCloseDevice(device);
    }
}
