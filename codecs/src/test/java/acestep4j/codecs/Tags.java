package acestep4j.codecs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The tags of a file, byte by byte as their formats say, without FFmpeg. */
final class Tags {
    private static final int FLAC_VORBIS_COMMENT = 4;
    private static final int ID3_HEADER_BYTES = 10;

    private Tags() {}

    static Map<String, String> read(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        String start = new String(bytes, 0, 4, StandardCharsets.ISO_8859_1);
        if (start.equals("fLaC")) {
            return flac(bytes);
        }
        return start.equals("OggS") ? opus(bytes) : id3(bytes);
    }

    private static Map<String, String> flac(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes).position(4);
        while (true) {
            int header = in.getInt();
            if ((header >>> 24 & 0x7f) == FLAC_VORBIS_COMMENT) {
                return vorbisComments(bytes, in.position());
            }
            in.position(in.position() + (header & 0xffffff));
        }
    }

    /** Of tags that fit into one page. */
    private static Map<String, String> opus(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        return vorbisComments(bytes, text.indexOf("OpusTags") + "OpusTags".length());
    }

    private static Map<String, String> vorbisComments(byte[] bytes, int at) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).position(at);
        text(in, in.getInt());
        Map<String, String> tags = new HashMap<>();
        for (int left = in.getInt(); left > 0; left--) {
            String[] tag = text(in, in.getInt()).split("=", 2);
            tags.put(tag[0], tag[1]);
        }
        return tags;
    }

    /** The TXXX frames of ID3v2.4 in UTF-8. */
    private static Map<String, String> id3(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes).position(6);
        int end = ID3_HEADER_BYTES + synchsafe(in);
        Map<String, String> tags = new HashMap<>();
        while (in.position() < end && bytes[in.position()] != 0) {
            String id = text(in, 4);
            int size = synchsafe(in);
            in.getShort();
            String content = text(in, size);
            if (id.equals("TXXX") && content.charAt(0) == 3) {
                String[] tag = content.substring(1).split("\0");
                tags.put(tag[0], tag[1]);
            }
        }
        return tags;
    }

    private static int synchsafe(ByteBuffer in) {
        return in.get() << 21 | in.get() << 14 | in.get() << 7 | in.get();
    }

    private static String text(ByteBuffer in, int length) {
        byte[] text = new byte[length];
        in.get(text);
        return new String(text, StandardCharsets.UTF_8);
    }
}
