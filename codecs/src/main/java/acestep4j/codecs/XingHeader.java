package acestep4j.codecs;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What the first frame of most MP3 files says about the whole: the Xing or Info header and the LAME tag behind it.
 *
 * @param samples per channel of the sound, without what the encoder put around it where that is known
 * @param padding samples that the encoder put after the sound; 0 if that isn't known
 * @param slack samples by which the file may be shorter, 0 for encoders that are known to count well
 */
record XingHeader(long samples, int padding, int slack) {
    /** How far behind the tag of the file the first frame is looked for, and the size of what is looked at. */
    static final int SEARCHED_BYTES = 4096;

    private static final int LONGEST = 4 + 32 + 8 + 4 + 4 + 100 + 4 + 24;
    private static final int LAYER_3 = 1;
    private static final int MPEG_1 = 3;
    private static final int MONO = 3;
    private static final int HAS_FRAMES = 1;
    private static final int HAS_SIZE = 2;
    private static final int HAS_TABLE = 4;
    private static final int HAS_QUALITY = 8;

    /** Where the sound begins behind an ID3v2 tag. */
    static long firstFrame(byte[] head) {
        if (head.length < 10 || head[0] != 'I' || head[1] != 'D' || head[2] != '3') {
            return 0;
        }
        int size = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9];
        boolean footer = (head[5] & 0x10) != 0;
        return 10L + Math.max(0, size) + (footer ? 10 : 0);
    }

    /** @param bytes from {@link #firstFrame} on */
    static Optional<XingHeader> find(byte[] bytes) {
        for (int i = 0; i + LONGEST <= bytes.length; i++) {
            boolean frame = bytes[i] == -1 && (bytes[i + 1] & 0xe0) == 0xe0 && (bytes[i + 1] >> 1 & 3) == LAYER_3;
            if (frame) {
                Optional<XingHeader> found = parse(bytes, i);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<XingHeader> parse(byte[] bytes, int start) {
        boolean mpeg1 = (bytes[start + 1] >> 3 & 3) == MPEG_1;
        boolean mono = (bytes[start + 3] >> 6 & 3) == MONO;
        int sideInformation = mpeg1 ? (mono ? 17 : 32) : (mono ? 9 : 17);
        ByteBuffer in = ByteBuffer.wrap(bytes).position(start + 4 + sideInformation);
        String id = text(in);
        int flags = in.getInt();
        if (!id.equals("Xing") && !id.equals("Info") || (flags & HAS_FRAMES) == 0) {
            return Optional.empty();
        }
        int frameSamples = mpeg1 ? 1152 : 576;
        long samples = (in.getInt() & 0xffffffffL) * frameSamples;
        int skipped = ((flags & HAS_SIZE) != 0 ? 4 : 0)
                + ((flags & HAS_TABLE) != 0 ? 100 : 0)
                + ((flags & HAS_QUALITY) != 0 ? 4 : 0);
        in.position(in.position() + skipped);
        String encoder = text(in);
        if (!encoder.equals("LAME") && !encoder.equals("Lavf") && !encoder.equals("Lavc")) {
            return Optional.of(new XingHeader(samples, 0, frameSamples));
        }
        in.position(in.position() + 17);
        int delays = (in.get() & 0xff) << 16 | (in.getShort() & 0xffff);
        int padding = delays & 0xfff;
        return Optional.of(new XingHeader(Math.max(0, samples - (delays >> 12) - padding), padding, 0));
    }

    private static String text(ByteBuffer in) {
        byte[] four = new byte[4];
        in.get(four);
        return new String(four, StandardCharsets.ISO_8859_1);
    }
}
