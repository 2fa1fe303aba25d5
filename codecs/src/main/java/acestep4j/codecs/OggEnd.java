package acestep4j.codecs;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.OptionalLong;

/** The end of an Ogg file as RFC 3533 asks for: a whole page that is marked as the last of its stream. */
final class OggEnd {
    private static final int HEADER_BYTES = 27;
    private static final int END_OF_STREAM = 4;

    private OggEnd() {}

    static boolean isOgg(byte[] head) {
        return head.length >= 4 && isPage(head, 0);
    }

    /**
     * The position at the end, which for Vorbis is the number of samples per channel; empty if the file doesn't end
     * properly.
     *
     * @param tail the file's last bytes, a page's at least
     */
    static OptionalLong position(byte[] tail) {
        for (int start = tail.length - HEADER_BYTES; start >= 0; start--) {
            if (isPage(tail, start) && tail[start + 4] == 0) {
                boolean whole = (tail[start + 5] & END_OF_STREAM) != 0 && pageEnd(tail, start) <= tail.length;
                return whole
                        ? OptionalLong.of(ByteBuffer.wrap(tail)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .getLong(start + 6))
                        : OptionalLong.empty();
            }
        }
        return OptionalLong.empty();
    }

    private static boolean isPage(byte[] bytes, int at) {
        return bytes[at] == 'O' && bytes[at + 1] == 'g' && bytes[at + 2] == 'g' && bytes[at + 3] == 'S';
    }

    private static int pageEnd(byte[] bytes, int start) {
        int segments = bytes[start + 26] & 0xff;
        int end = start + HEADER_BYTES + segments;
        for (int i = 0; i < segments && start + HEADER_BYTES + i < bytes.length; i++) {
            end += bytes[start + HEADER_BYTES + i] & 0xff;
        }
        return end;
    }
}
