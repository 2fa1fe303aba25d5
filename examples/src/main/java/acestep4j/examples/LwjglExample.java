package acestep4j.examples;

import static org.lwjgl.openal.AL10.*;
import static org.lwjgl.openal.ALC10.*;

import acestep4j.audio.AudioStream;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.nio.ShortBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
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
    private final Queue<Integer> free = new ArrayDeque<>();
    private boolean isAtEnd;

    public LwjglExample(AudioStream music) {
        this.music = music;
        alcMakeContextCurrent(context);
        AL.createCapabilities(ALC.createCapabilities(device));
        source = alGenSources();
        for (int i = 0; i < 4; i++) {
            free.add(alGenBuffers());
        }
    }

    /** In each frame, at least every 100 ms. */
    public void eachFrame() {
        for (int played = alGetSourcei(source, AL_BUFFERS_PROCESSED); played > 0; played--) {
            free.add(alSourceUnqueueBuffers(source));
        }
        while (!free.isEmpty() && fill(free.element())) {
            alSourceQueueBuffers(source, free.remove());
        }
        if (isQueued() && alGetSourcei(source, AL_SOURCE_STATE) != AL_PLAYING) {
            alSourcePlay(source);
        }
    }

    /** Whether there was sound for it. */
    private boolean fill(int buffer) {
        int frames = music.poll(samples.clear());
        isAtEnd = frames == AudioStream.END;
        if (frames <= 0) {
            return false;
        }
        alBufferData(buffer, AL_FORMAT_STEREO16, samples.flip(), music.sampleRate());
        return true;
    }

    private boolean isQueued() {
        return alGetSourcei(source, AL_BUFFERS_QUEUED) > 0;
    }

    /** Whether music that ends was heard to its end, as of the last frame. */
    public boolean isOver() {
        return isAtEnd && !isQueued();
    }

    @Override
    public void close() {
        alDeleteSources(source);
        alcMakeContextCurrent(0);
        alcDestroyContext(context);
        alcCloseDevice(device);
    }
}
