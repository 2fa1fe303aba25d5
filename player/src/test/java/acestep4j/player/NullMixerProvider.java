package acestep4j.player;

import javax.sound.sampled.Mixer;
import javax.sound.sampled.spi.MixerProvider;

/** A device that plays nothing, a hundred times as fast as it would be heard, for machines that have none. */
public final class NullMixerProvider extends MixerProvider {
    static final Mixer.Info INFO = new NullMixerInfo();

    private static final class NullMixerInfo extends Mixer.Info {
        NullMixerInfo() {
            super("null line", "acestep4j", "plays nothing", "1");
        }
    }

    @Override
    public Mixer.Info[] getMixerInfo() {
        return new Mixer.Info[] {INFO};
    }

    @Override
    public Mixer getMixer(Mixer.Info info) {
        if (info != null && !INFO.equals(info)) {
            throw new IllegalArgumentException("not mine: " + info);
        }
        return NullMixer.get();
    }
}
