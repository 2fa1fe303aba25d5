package acestep4j.quality;

import acestep4j.audio.AudioBuffer;

/**
 * What a sound measures.
 *
 * @param seconds its length
 * @param peak its largest magnitude; 1 is full scale
 * @param rms root mean square over all channels; 1 is full scale
 * @param clippedShare share of the samples at full scale or beyond, 0 to 1
 * @param longestQuiet seconds of the longest stretch in which no channel is louder than the quiet level
 * @param notFinite number of samples that are no numbers, or infinite; the other measures leave them out
 */
public record SoundMeasures(
        double seconds, double peak, double rms, double clippedShare, double longestQuiet, long notFinite) {

    /** @param quietLevel the magnitude up to which a sample is quiet; 1 is full scale */
    public static SoundMeasures of(AudioBuffer audio, double quietLevel) {
        double peak = 0;
        double power = 0;
        long clipped = 0;
        long notFinite = 0;
        int quiet = 0;
        int longestQuiet = 0;
        for (int i = 0; i < audio.length(); i++) {
            boolean isQuiet = true;
            for (float[] channel : audio.samples()) {
                double magnitude = Math.abs(channel[i]);
                if (!Double.isFinite(magnitude)) {
                    notFinite++;
                    isQuiet = false;
                    continue;
                }
                peak = Math.max(peak, magnitude);
                power += magnitude * magnitude;
                clipped += magnitude >= 1 ? 1 : 0;
                isQuiet &= magnitude <= quietLevel;
            }
            quiet = isQuiet ? quiet + 1 : 0;
            longestQuiet = Math.max(longestQuiet, quiet);
        }
        double samples = Math.max(1, (double) audio.length() * audio.channels());
        return new SoundMeasures(
                audio.seconds(),
                peak,
                Math.sqrt(power / Math.max(1, samples - notFinite)),
                clipped / samples,
                (double) longestQuiet / audio.sampleRate(),
                notFinite);
    }
}
