package acestep4j.codecs;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** A stream, read once from front to back. Closing is up to whoever opened it. */
final class StreamSource implements ByteSource {
    private final InputStream in;
    private final byte[] recent = new byte[TAIL_BYTES];
    private byte[] head;
    private long position;
    private long keptStart;
    private byte[] kept = new byte[0];

    StreamSource(InputStream in) {
        this.in = in;
    }

    @Override
    public byte[] head() throws IOException {
        if (head == null) {
            head = in.readNBytes(HEAD_BYTES);
        }
        return head.clone();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int count = take(target, offset, length);
        for (int i = 0; i < count; ) {
            int at = (int) ((position + i) % TAIL_BYTES);
            int run = Math.min(count - i, TAIL_BYTES - at);
            System.arraycopy(target, offset + i, recent, at, run);
            i += run;
        }
        long first = Math.max(position, keptStart);
        long end = Math.min(position + Math.max(0, count), keptStart + kept.length);
        if (first < end) {
            System.arraycopy(
                    target, offset + (int) (first - position), kept, (int) (first - keptStart), (int) (end - first));
        }
        position += Math.max(0, count);
        return count;
    }

    private int take(byte[] target, int offset, int length) throws IOException {
        if (head != null && position < head.length) {
            int count = Math.min(length, head.length - (int) position);
            System.arraycopy(head, (int) position, target, offset, count);
            return count;
        }
        int count = in.read(target, offset, length);
        if (count == 0) {
            int single = in.read();
            if (single < 0) {
                return -1;
            }
            target[offset] = (byte) single;
            return 1;
        }
        return count;
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public boolean seekable() {
        return false;
    }

    @Override
    public void seek(long target) throws IOException {
        throw new IOException("a stream can't be read again");
    }

    @Override
    public long size() {
        return -1;
    }

    @Override
    public byte[] tail() {
        if (position <= TAIL_BYTES) {
            return Arrays.copyOf(recent, (int) position);
        }
        int start = (int) (position % TAIL_BYTES);
        byte[] tail = new byte[TAIL_BYTES];
        System.arraycopy(recent, start, tail, 0, TAIL_BYTES - start);
        System.arraycopy(recent, 0, tail, TAIL_BYTES - start, start);
        return tail;
    }

    @Override
    public void keep(long start, int length) {
        keptStart = start;
        kept = new byte[length];
    }

    @Override
    public byte[] kept() {
        return Arrays.copyOf(kept, (int) Math.max(0, Math.min(kept.length, position - keptStart)));
    }
}
