package acestep4j.request;

import acestep4j.audio.AudioBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a receipt says of the sound that a request starts from: enough to know it again. */
final class SourceDigest {
    private SourceDigest() {}

    /** Length, rate, channels and {@link AudioBuffer#sha256}. */
    static Map<String, Object> of(AudioBuffer audio) {
        Map<String, Object> digest = new LinkedHashMap<>();
        digest.put("seconds", audio.seconds());
        digest.put("sample_rate", audio.sampleRate());
        digest.put("channels", audio.channels());
        digest.put("sha256", audio.sha256());
        return digest;
    }
}
