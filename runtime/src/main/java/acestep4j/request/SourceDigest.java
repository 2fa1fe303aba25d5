package acestep4j.request;

import acestep4j.audio.AudioBuffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a receipt says of the sound that a request starts from: enough to know it again. */
final class SourceDigest {
    private static final int BLOCK = 1 << 14;

    private SourceDigest() {}

    /** Length, rate, channels and the SHA-256 of the float32 samples, little-endian, channel after channel. */
    static Map<String, Object> of(AudioBuffer audio) {
        Map<String, Object> digest = new LinkedHashMap<>();
        digest.put("seconds", audio.seconds());
        digest.put("sample_rate", audio.sampleRate());
        digest.put("channels", audio.channels());
        digest.put("sha256", HexFormat.of().formatHex(sha256(audio)));
        return digest;
    }

    private static byte[] sha256(AudioBuffer audio) {
        MessageDigest sha256;
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
        ByteBuffer block = ByteBuffer.allocate(BLOCK * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float[] channel : audio.samples()) {
            for (int from = 0; from < channel.length; from += BLOCK) {
                int length = Math.min(BLOCK, channel.length - from);
                block.clear().asFloatBuffer().put(channel, from, length);
                sha256.update(block.limit(length * Float.BYTES));
            }
        }
        return sha256.digest();
    }
}
