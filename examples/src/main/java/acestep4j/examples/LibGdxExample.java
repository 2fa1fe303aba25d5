package acestep4j.examples;

import acestep4j.AceStep;
import acestep4j.audio.AudioStream;
import acestep4j.job.MusicJobs;
import acestep4j.player.AdaptiveMusic;
import acestep4j.request.MusicRequest;
import acestep4j.request.MusicStyle;
import com.badlogic.gdx.ApplicationAdapter;
import com.badlogic.gdx.Gdx;
import com.badlogic.gdx.Input;
import com.badlogic.gdx.audio.AudioDevice;
import java.nio.ShortBuffer;
import java.nio.file.Path;

/** A game with music through libGDX: a thread of its own writes to the audio device, which waits until it has room. */
public class LibGdxExample extends ApplicationAdapter {
    private final Path bundle;
    private AceStep aceStep;
    private MusicJobs jobs;
    private AdaptiveMusic music;
    private Thread player;

    public LibGdxExample(Path bundle) {
        this.bundle = bundle;
    }

    @Override
    public void create() {
        aceStep = AceStep.open(bundle);
        jobs = MusicJobs.on(aceStep);
        music = AdaptiveMusic.builder()
                .state(
                        "explore",
                        MusicRequest.builder()
                                .style(MusicStyle.AMBIENT)
                                .bpm(90)
                                .loop(4)
                                .build())
                .state(
                        "combat",
                        MusicRequest.builder()
                                .style(MusicStyle.METAL)
                                .bpm(150)
                                .loop(4)
                                .build())
                .event("enemy", "explore", "combat")
                .event("won", "combat", "explore")
                .start(jobs);
        player = new Thread(this::play, "music");
        player.start();
    }

    private void play() {
        AudioDevice device = Gdx.audio.newAudioDevice(music.sampleRate(), false);
        short[] samples = new short[2 * 4_800];
        while (music.read(ShortBuffer.wrap(samples)) != AudioStream.END) {
            device.writeSamples(samples, 0, samples.length);
        }
        device.dispose();
    }

    @Override
    public void render() {
        if (Gdx.input.isKeyJustPressed(Input.Keys.SPACE)) {
            music.fire(music.state().equals("explore") ? "enemy" : "won");
        }
    }

    @Override
    public void dispose() {
        music.close();
        try {
            player.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        jobs.close();
        aceStep.close();
    }
}
