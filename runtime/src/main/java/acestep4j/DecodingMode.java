package acestep4j;

import java.util.Locale;

/** How latents become sound: how much of a song the decoder sees at a time. */
public enum DecodingMode {
    /**
     * The DCAE decoder's attention sees the whole song, which is computed some seconds at a time all the same: at the
     * published widths 240 s take 0.4 GB more than 60 s.
     */
    WHOLE,

    /**
     * The sound of {@link #WHOLE}, up to rounding, its beginning as early as can be: decoder and vocoder take turns, in
     * windows that begin short and grow.
     */
    STREAMED,

    /**
     * Decoder and vocoder see overlapping windows, as {@code MusicDCAE.decode_overlap} does
     * ({@code acestep/music_dcae/music_dcae_pipeline.py} at d612523): memory doesn't grow with the song's length beyond
     * one window of about 48 s, and the sound differs a little from that of {@link #WHOLE}, since the decoder's attention
     * reaches no further than a window. The official pipeline does it, when asked to, for songs of more than 48 s.
     */
    OVERLAPPED,

    /**
     * Latents of a loop: after the last frame comes the first one again, for decoder and vocoder too, and the sound is one
     * turn of it, of the nearest whole number of samples.
     */
    CIRCULAR;

    /** The name in lower case. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
