package acestep4j.codecs;

import static org.bytedeco.ffmpeg.global.avutil.AV_ERROR_MAX_STRING_SIZE;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_QUIET;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;
import static org.bytedeco.ffmpeg.global.avutil.av_strerror;

import acestep4j.AceStepException;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Loader;

/** FFmpeg's native libraries. Their log is silent from the first use on, for the whole process. */
final class Ffmpeg {
    private static volatile boolean loaded;

    private Ffmpeg() {}

    /** @throws AceStepException if they aren't there or can't be loaded */
    static void load() {
        if (loaded) {
            return;
        }
        try {
            Loader.load(avcodec.class);
            Loader.load(avformat.class);
            av_log_set_level(AV_LOG_QUIET);
            loaded = true;
        } catch (LinkageError e) {
            throw new AceStepException(
                    "FFmpeg's native libraries can't be loaded on " + Loader.getPlatform() + " ("
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse("")
                            + "): add org.bytedeco:ffmpeg with this platform as its classifier",
                    e);
        }
    }

    /** FFmpeg's own words for an error code. */
    static String error(int code) {
        try (BytePointer text = new BytePointer(AV_ERROR_MAX_STRING_SIZE)) {
            av_strerror(code, text, AV_ERROR_MAX_STRING_SIZE);
            String padded = text.getString();
            int end = padded.indexOf('\0');
            return end < 0 ? padded : padded.substring(0, end);
        }
    }
}
