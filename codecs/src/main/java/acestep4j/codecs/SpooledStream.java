package acestep4j.codecs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A stream copied to a temporary file, which is gone when this is closed. */
record SpooledStream(Path file, SeekableByteChannel channel) implements AutoCloseable {
    static final long LARGEST = 1L << 30;

    private static final int BLOCK_BYTES = 1 << 16;

    /** @throws AudioFileException if the stream is larger than {@link #LARGEST} */
    static SpooledStream of(ByteSource source, String name) throws IOException {
        return of(source, name, LARGEST);
    }

    static SpooledStream of(ByteSource source, String name, long largest) throws IOException {
        Path file = Files.createTempFile("acestep4j-", ".m4a");
        SeekableByteChannel channel = null;
        try {
            channel = Files.newByteChannel(
                    file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
            byte[] block = new byte[BLOCK_BYTES];
            for (int count; (count = source.read(block, 0, block.length)) >= 0; ) {
                if (source.position() > largest) {
                    throw new AudioFileException(
                            name, "expected at most " + largest + " bytes of M4A from a stream; read it from a file");
                }
                ByteBuffer bytes = ByteBuffer.wrap(block, 0, count);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
            }
            return new SpooledStream(file, channel);
        } catch (IOException | RuntimeException | Error e) {
            if (channel != null) {
                channel.close();
            }
            Files.deleteIfExists(file);
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
        Files.deleteIfExists(file);
    }
}
