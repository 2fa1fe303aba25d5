package acestep4j.library;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Where this module gets its digests. */
final class Sha256 {
    private Sha256() {}

    static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
