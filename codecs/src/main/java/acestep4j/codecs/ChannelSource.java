package acestep4j.codecs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;

/** A file. Closing is up to whoever opened the channel. */
final class ChannelSource implements ByteSource {
    private final SeekableByteChannel channel;
    private long position;
    private long keptStart;
    private int keptLength;

    ChannelSource(SeekableByteChannel channel) {
        this.channel = channel;
    }

    @Override
    public byte[] head() throws IOException {
        return bytesAt(0, HEAD_BYTES);
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        channel.position(position);
        int count = channel.read(ByteBuffer.wrap(target, offset, length));
        position += Math.max(0, count);
        return count;
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public boolean seekable() {
        return true;
    }

    @Override
    public void seek(long target) {
        position = target;
    }

    @Override
    public long size() throws IOException {
        return channel.size();
    }

    @Override
    public byte[] tail() throws IOException {
        long size = channel.size();
        return bytesAt(Math.max(0, size - TAIL_BYTES), (int) Math.min(size, TAIL_BYTES));
    }

    @Override
    public void keep(long start, int length) {
        keptStart = start;
        keptLength = length;
    }

    @Override
    public byte[] kept() throws IOException {
        return bytesAt(keptStart, keptLength);
    }

    private byte[] bytesAt(long start, int most) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) Math.max(0, Math.min(most, channel.size() - start)));
        channel.position(start);
        while (bytes.hasRemaining() && channel.read(bytes) >= 0) {}
        byte[] found = new byte[bytes.position()];
        bytes.flip().get(found);
        return found;
    }
}
