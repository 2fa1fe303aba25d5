package acestep4j.codecs;

import java.io.IOException;

/** The bytes of an audio file, wherever they come from. Not thread-safe. */
interface ByteSource {
    /** Bytes that suffice to tell the formats apart. */
    int HEAD_BYTES = 12;

    /** The most that an Ogg page takes: 27 bytes of header, 255 segments of 255 bytes and their table. */
    int TAIL_BYTES = 27 + 255 + 255 * 255;

    /** The first {@link #HEAD_BYTES} bytes, fewer if there are fewer; leaves the position. Before anything else is read. */
    byte[] head() throws IOException;

    /** @return number of bytes read, at least 1, or -1 at the end */
    int read(byte[] target, int offset, int length) throws IOException;

    /** Bytes read, or where {@link #seek} went. */
    long position();

    boolean seekable();

    /** @throws IOException if the source isn't seekable */
    void seek(long position) throws IOException;

    /** In bytes; -1 if the source isn't seekable. */
    long size() throws IOException;

    /** The last {@link #TAIL_BYTES} bytes, fewer if there are fewer; once everything has been read. */
    byte[] tail() throws IOException;

    /** Asks for {@link #kept}: up to {@code length} bytes from {@code start} on. Before anything else is read. */
    void keep(long start, int length);

    /** What {@link #keep} asked for, less if the source ended; once everything has been read. */
    byte[] kept() throws IOException;
}
