package acestep4j.quality;

import acestep4j.GenerationResult;
import acestep4j.InvalidRequestException;
import acestep4j.audio.AudioBuffer;
import acestep4j.request.AudioToAudioRequest;
import acestep4j.request.EditRequest;
import acestep4j.request.ExtendRequest;
import acestep4j.request.GenerationRequest;
import acestep4j.request.GenerationSettings;
import acestep4j.request.LoopRequest;
import acestep4j.request.RepaintRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * What music has to keep to. Levels are magnitudes, 1 is full scale. Immutable and thread-safe; the methods that start with
 * "with" give changed copies.
 *
 * @param quietLevel the magnitude up to which a sample counts as silence
 * @param longestQuiet the most seconds of silence at a time
 * @param leastRms the least root mean square over the whole sound
 * @param mostClipped the largest share of samples at full scale or beyond, 0 to 1
 * @param lengthTolerance how many seconds a sound may be longer or shorter than asked for
 */
public record QualityGate(
        double quietLevel, double longestQuiet, double leastRms, double mostClipped, double lengthTolerance) {

    /** @throws InvalidRequestException naming the first limit that is negative or no number */
    public QualityGate {
        from0("quietLevel", quietLevel);
        from0("longestQuiet", longestQuiet);
        from0("leastRms", leastRms);
        from0("mostClipped", mostClipped);
        from0("lengthTolerance", lengthTolerance);
    }

    /**
     * At most 5 s below -60 dB of full scale, an RMS of at least -50 dB, 1 % of the samples clipped, half a second more or
     * less than asked for. These find sound that is broken; what is too quiet for a game is for the game to say.
     */
    public static QualityGate defaults() {
        return new QualityGate(0.001, 5, 0.00316, 0.01, 0.5);
    }

    /**
     * @param level the magnitude up to which a sample counts as silence
     * @param seconds the most of them at a time
     */
    public QualityGate withLongestQuiet(double level, double seconds) {
        return new QualityGate(level, seconds, leastRms, mostClipped, lengthTolerance);
    }

    /** @param rms the least root mean square over the whole sound, 1 is full scale */
    public QualityGate withLeastRms(double rms) {
        return new QualityGate(quietLevel, longestQuiet, rms, mostClipped, lengthTolerance);
    }

    /** @param share of the samples, 0 to 1; 1 allows any number of them */
    public QualityGate withMostClipped(double share) {
        return new QualityGate(quietLevel, longestQuiet, leastRms, share, lengthTolerance);
    }

    /** @param seconds how much a sound may be longer or shorter than asked for */
    public QualityGate withLengthTolerance(double seconds) {
        return new QualityGate(quietLevel, longestQuiet, leastRms, mostClipped, seconds);
    }

    private static void from0(String field, double value) {
        if (!(value >= 0)) {
            throw new InvalidRequestException(field, "expected a number from 0 up, found " + value);
        }
    }

    /** Checks the sound of every item. */
    public QualityReport check(GenerationResult result) {
        return check(
                result.audio(), OptionalDouble.of(secondsAsked(result.receipt().settings())));
    }

    /** Checks any sound, whatever its length. */
    public QualityReport check(AudioBuffer audio) {
        return check(List.of(audio), OptionalDouble.empty());
    }

    private QualityReport check(List<AudioBuffer> audio, OptionalDouble secondsAsked) {
        List<SoundMeasures> items = new ArrayList<>();
        List<QualityFinding> findings = new ArrayList<>();
        for (int item = 0; item < audio.size(); item++) {
            SoundMeasures found = SoundMeasures.of(audio.get(item), quietLevel);
            items.add(found);
            find(item, found, secondsAsked, findings);
        }
        return new QualityReport(items, findings);
    }

    private void find(int item, SoundMeasures found, OptionalDouble secondsAsked, List<QualityFinding> findings) {
        if (found.notFinite() > 0) {
            String problem = "expected numbers, found " + found.notFinite() + " samples that are none";
            findings.add(new QualityFinding(item, QualityProblem.NOT_FINITE, problem));
        }
        if (found.rms() < leastRms) {
            String problem = text("expected an RMS of at least %.5f, found %.5f", leastRms, found.rms());
            findings.add(new QualityFinding(item, QualityProblem.SILENCE, problem));
        }
        if (found.longestQuiet() > longestQuiet) {
            String problem = text(
                    "expected at most %.2f s of silence at a time, found %.2f s", longestQuiet, found.longestQuiet());
            findings.add(new QualityFinding(item, QualityProblem.SILENCE, problem));
        }
        if (found.clippedShare() > mostClipped) {
            String problem =
                    text("expected at most %.4f of the samples clipped, found %.4f", mostClipped, found.clippedShare());
            findings.add(new QualityFinding(item, QualityProblem.CLIPPING, problem));
        }
        double asked = secondsAsked.orElse(found.seconds());
        if (Math.abs(found.seconds() - asked) > lengthTolerance) {
            String problem = text("expected %.2f s, found %.2f s", asked, found.seconds());
            findings.add(new QualityFinding(item, QualityProblem.LENGTH, problem));
        }
    }

    private static String text(String format, double expected, double found) {
        return String.format(Locale.ROOT, format, expected, found);
    }

    private static double secondsAsked(GenerationSettings settings) {
        GenerationRequest request = settings.request();
        if (request instanceof ExtendRequest extend) {
            return extend.left() + extend.source().seconds() + extend.right();
        }
        if (request instanceof RepaintRequest repaint) {
            return repaint.source().seconds();
        }
        if (request instanceof EditRequest edit) {
            return edit.source().seconds();
        }
        if (request instanceof AudioToAudioRequest audioToAudio) {
            return audioToAudio.reference().seconds();
        }
        if (request instanceof LoopRequest loop) {
            return loop.seconds();
        }
        return settings.duration().orElseThrow();
    }
}
