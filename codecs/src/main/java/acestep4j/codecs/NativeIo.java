package acestep4j.codecs;

import static org.bytedeco.ffmpeg.global.avformat.AVSEEK_FORCE;
import static org.bytedeco.ffmpeg.global.avformat.AVSEEK_SIZE;
import static org.bytedeco.ffmpeg.global.avformat.avio_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avio_context_free;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EXTERNAL;
import static org.bytedeco.ffmpeg.global.avutil.av_free;
import static org.bytedeco.ffmpeg.global.avutil.av_malloc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.Read_packet_Pointer_BytePointer_int;
import org.bytedeco.ffmpeg.avformat.Seek_Pointer_long_int;
import org.bytedeco.ffmpeg.avformat.Write_packet_Pointer_BytePointer_int;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * FFmpeg's access to the bytes of one file, which it knows by nothing but a number. Not thread-safe; each file has its own.
 */
final class NativeIo implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 15;
    private static final int SEEK_SET = 0;
    private static final int SEEK_CUR = 1;
    private static final int SEEK_END = 2;

    // JavaCPP has room for few callback objects per type, so all files share these.
    private static final Reader READER = new Reader();
    private static final Writer WRITER = new Writer();
    private static final Seeker SEEKER = new Seeker();
    private static final ConcurrentMap<Long, NativeIo> OPEN = new ConcurrentHashMap<>();
    private static final AtomicLong LAST_ID = new AtomicLong();

    private final long id = LAST_ID.incrementAndGet();
    private final ByteSource source;
    private final SeekableByteChannel sink;
    private final byte[] block = new byte[BUFFER_BYTES];
    private final AVIOContext context;
    private IOException failure;

    private NativeIo(ByteSource source, SeekableByteChannel sink) {
        this.source = source;
        this.sink = sink;
        Pointer buffer = av_malloc(BUFFER_BYTES);
        if (buffer == null || buffer.isNull()) {
            throw new OutOfMemoryError("no native memory for FFmpeg");
        }
        context = avio_alloc_context(
                new BytePointer(buffer),
                BUFFER_BYTES,
                sink == null ? 0 : 1,
                new Id(id),
                sink == null ? READER : null,
                sink == null ? null : WRITER,
                sink != null || source.seekable() ? SEEKER : null);
        if (context == null || context.isNull()) {
            av_free(buffer);
            throw new OutOfMemoryError("no native memory for FFmpeg");
        }
        OPEN.put(id, this);
    }

    static NativeIo reading(ByteSource source) {
        return new NativeIo(source, null);
    }

    static NativeIo writing(SeekableByteChannel sink) {
        return new NativeIo(null, sink);
    }

    AVIOContext context() {
        return context;
    }

    /** @throws IOException what reading or writing threw, which FFmpeg knows only as an error code */
    void rethrowFailure() throws IOException {
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public void close() {
        if (OPEN.remove(id) == null) {
            return;
        }
        // FFmpeg may have replaced the buffer it was given.
        av_free(context.buffer());
        avio_context_free(context);
    }

    /** Files that are open now, for tests. */
    static int open() {
        return OPEN.size();
    }

    private int read(BytePointer target, int length) {
        try {
            int count = source.read(block, 0, Math.min(length, block.length));
            if (count <= 0) {
                return AVERROR_EOF;
            }
            target.put(block, 0, count);
            return count;
        } catch (IOException e) {
            failure = e;
            return AVERROR_EXTERNAL;
        }
    }

    private int write(BytePointer from, int length) {
        try {
            for (int done = 0; done < length; ) {
                int run = Math.min(length - done, block.length);
                from.position(done).get(block, 0, run);
                ByteBuffer bytes = ByteBuffer.wrap(block, 0, run);
                while (bytes.hasRemaining()) {
                    sink.write(bytes);
                }
                done += run;
            }
            return length;
        } catch (IOException e) {
            failure = e;
            return AVERROR_EXTERNAL;
        }
    }

    private long seek(long offset, int whence) {
        try {
            int kind = whence & ~AVSEEK_FORCE;
            if (kind == AVSEEK_SIZE) {
                return size();
            }
            long target =
                    switch (kind) {
                        case SEEK_SET -> offset;
                        case SEEK_CUR -> position() + offset;
                        case SEEK_END -> size() + offset;
                        default -> -1;
                    };
            if (target < 0) {
                return AVERROR_EXTERNAL;
            }
            if (sink == null) {
                source.seek(target);
            } else {
                sink.position(target);
            }
            return target;
        } catch (IOException e) {
            failure = e;
            return AVERROR_EXTERNAL;
        }
    }

    private long size() throws IOException {
        return sink == null ? source.size() : sink.size();
    }

    private long position() throws IOException {
        return sink == null ? source.position() : sink.position();
    }

    private void fail(Throwable thrown) {
        if (failure == null) {
            failure = new IOException(thrown.toString(), thrown);
        }
    }

    /** A number where C expects a pointer. */
    private static final class Id extends Pointer {
        Id(long id) {
            address = id;
        }
    }

    // No exception may go through C code.

    private static final class Reader extends Read_packet_Pointer_BytePointer_int {
        @Override
        public int call(Pointer opaque, BytePointer target, int length) {
            NativeIo io = OPEN.get(opaque.address());
            try {
                return io.read(target, length);
            } catch (RuntimeException | Error e) {
                io.fail(e);
                return AVERROR_EXTERNAL;
            }
        }
    }

    private static final class Writer extends Write_packet_Pointer_BytePointer_int {
        @Override
        public int call(Pointer opaque, BytePointer from, int length) {
            NativeIo io = OPEN.get(opaque.address());
            try {
                return io.write(from, length);
            } catch (RuntimeException | Error e) {
                io.fail(e);
                return AVERROR_EXTERNAL;
            }
        }
    }

    private static final class Seeker extends Seek_Pointer_long_int {
        @Override
        public long call(Pointer opaque, long offset, int whence) {
            NativeIo io = OPEN.get(opaque.address());
            try {
                return io.seek(offset, whence);
            } catch (RuntimeException | Error e) {
                io.fail(e);
                return AVERROR_EXTERNAL;
            }
        }
    }
}
