package acestep4j.library;

import acestep4j.io.AtomicFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * The file of one entry, little-endian: magic, version, the lengths of header and payload, SHA-256 of these and the header,
 * the header as JSON, the payload, SHA-256 of everything before it. The header alone can be read and checked without the
 * payload.
 */
final class EntryFile {
    static final String ENDING = ".music";

    private static final byte[] MAGIC = "ACE4JMUS".getBytes(StandardCharsets.US_ASCII);
    private static final int VERSION = 1;
    private static final int SHA256_BYTES = 32;
    private static final int LENGTHS_BYTES = 24;
    private static final int HEADER_AT = LENGTHS_BYTES + SHA256_BYTES;
    private static final int BUFFER_BYTES = 1 << 16;

    /** What is read of an entry's payload; not all of it has to be. */
    @FunctionalInterface
    interface PayloadReader<T> {
        T read(LibraryEntry entry, InputStream payload) throws IOException;
    }

    private EntryFile() {}

    /** The size that the file of an entry will have. */
    static long size(LibraryEntry entry) {
        return HEADER_AT + header(entry).length + payloadBytes(entry) + SHA256_BYTES;
    }

    /** Of an entry that is to be written. */
    private static long payloadBytes(LibraryEntry entry) {
        try {
            return EntrySound.payloadBytes(entry);
        } catch (DamagedEntryException e) {
            throw new LibraryException("the entry " + entry.key() + ": " + e.getMessage(), e);
        }
    }

    /**
     * Writes the file all or not at all, and onto the disk.
     *
     * @throws acestep4j.FileWriteException when it can't be written; nothing is left behind then
     */
    static void write(Path file, LibraryEntry entry, AtomicFile.Content payload) {
        byte[] header = header(entry);
        byte[] lengths = ByteBuffer.allocate(LENGTHS_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(MAGIC)
                .putInt(VERSION)
                .putInt(header.length)
                .putLong(payloadBytes(entry))
                .array();
        AtomicFile.writeDurable(file, plain -> {
            OutputStream out = new DigestOutputStream(plain, Sha256.digest());
            out.write(lengths);
            out.write(headerDigest(lengths, header));
            out.write(header);
            payload.writeTo(out);
            plain.write(((DigestOutputStream) out).getMessageDigest().digest());
        });
    }

    /**
     * What the header says, without looking at the payload.
     *
     * @throws DamagedEntryException when it isn't what was written, or the file hasn't the length that it says
     * @throws LibraryException when a newer version wrote it
     */
    static LibraryEntry readHeader(Path file) throws IOException {
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            return readHeader(file, channel.size(), Channels.newInputStream(channel))
                    .entry();
        }
    }

    /**
     * Reads header and payload, and checks every byte of the file.
     *
     * @throws DamagedEntryException when it isn't what was written
     * @throws LibraryException when a newer version wrote it
     */
    static <T> T read(Path file, PayloadReader<T> reader) throws IOException {
        MessageDigest digest = Sha256.digest();
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            InputStream in = Channels.newInputStream(channel);
            InputStream digested = new DigestInputStream(in, digest);
            Header header = readHeader(file, channel.size(), digested);
            Payload payload = new Payload(digested, header.payloadBytes());
            T content = reader.read(header.entry(), payload);
            payload.skipRest();
            byte[] expected = digest.digest();
            if (!Arrays.equals(expected, in.readNBytes(SHA256_BYTES))) {
                throw new DamagedEntryException("its content doesn't have its SHA-256");
            }
            return content;
        }
    }

    private record Header(LibraryEntry entry, long payloadBytes) {}

    private static Header readHeader(Path file, long size, InputStream in) throws IOException {
        byte[] start = in.readNBytes(HEADER_AT);
        if (start.length < HEADER_AT) {
            throw new DamagedEntryException("expected at least " + HEADER_AT + " bytes, found " + start.length);
        }
        byte[] lengths = Arrays.copyOf(start, LENGTHS_BYTES);
        ByteBuffer fields =
                ByteBuffer.wrap(lengths).order(ByteOrder.LITTLE_ENDIAN).position(MAGIC.length);
        if (!Arrays.equals(MAGIC, 0, MAGIC.length, lengths, 0, MAGIC.length)) {
            throw new DamagedEntryException("it doesn't begin as an entry does");
        }
        int version = fields.getInt();
        if (version > VERSION) {
            throw new LibraryException(file + ": expected version " + VERSION + ", found " + version
                    + ", which a newer acestep4j wrote; use that one");
        }
        int headerBytes = fields.getInt();
        long payloadBytes = fields.getLong();
        if (headerBytes < 0 || payloadBytes < 0 || size - payloadBytes != HEADER_AT + headerBytes + SHA256_BYTES) {
            throw new DamagedEntryException("expected a header of " + headerBytes + " bytes and a payload of "
                    + payloadBytes + ", found a file of " + size);
        }
        byte[] header = in.readNBytes(headerBytes);
        byte[] expected = Arrays.copyOfRange(start, LENGTHS_BYTES, HEADER_AT);
        if (!Arrays.equals(expected, headerDigest(lengths, header))) {
            throw new DamagedEntryException("its header doesn't have its SHA-256");
        }
        LibraryEntry entry = EntryJson.read(file, new String(header, StandardCharsets.UTF_8), size);
        if (!file.getFileName().toString().equals(entry.key() + ENDING)) {
            throw new DamagedEntryException("expected the entry of its name, found that of the recipe " + entry.key());
        }
        if (payloadBytes != EntrySound.payloadBytes(entry)) {
            throw new DamagedEntryException(
                    "expected a payload of " + EntrySound.payloadBytes(entry) + " bytes, found " + payloadBytes);
        }
        return new Header(entry, payloadBytes);
    }

    private static byte[] header(LibraryEntry entry) {
        return EntryJson.write(entry).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] headerDigest(byte[] lengths, byte[] header) {
        MessageDigest digest = Sha256.digest();
        digest.update(lengths);
        return digest.digest(header);
    }

    /** The part of a stream that is the payload; closing it leaves the file open. */
    private static final class Payload extends InputStream {
        private final InputStream in;
        private long left;

        Payload(InputStream in, long bytes) {
            this.in = in;
            this.left = bytes;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (left == 0 && length > 0) {
                return -1;
            }
            int count = in.read(bytes, offset, (int) Math.min(length, left));
            left -= Math.max(0, count);
            return count;
        }

        void skipRest() throws IOException {
            byte[] block = new byte[BUFFER_BYTES];
            while (left > 0 && read(block, 0, block.length) >= 0) {
                continue;
            }
        }
    }
}
