package acestep4j.player;

import java.io.ByteArrayOutputStream;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.DataLine;
import javax.sound.sampled.Line;
import javax.sound.sampled.Mixer;
import javax.sound.sampled.SourceDataLine;

/** The mixer of {@link NullMixerProvider}: every line that was opened keeps what was written to it. */
final class NullMixer implements InvocationHandler {
    /** The lines that were had, the latest last. */
    static final List<NullLine> LINES = Collections.synchronizedList(new ArrayList<>());

    private static final Mixer MIXER = (Mixer)
            Proxy.newProxyInstance(NullMixer.class.getClassLoader(), new Class<?>[] {Mixer.class}, new NullMixer());

    private NullMixer() {}

    static Mixer get() {
        return MIXER;
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) {
        return switch (method.getName()) {
            case "getMixerInfo" -> NullMixerProvider.INFO;
            case "isLineSupported" -> isSourceLine((Line.Info) arguments[0]);
            case "getLine" -> line((DataLine.Info) arguments[0]);
            case "getSourceLineInfo" -> new Line.Info[] {new Line.Info(SourceDataLine.class)};
            case "getMaxLines" -> -1;
            case "isOpen" -> true;
            case "hashCode" -> System.identityHashCode(proxy);
            case "equals" -> proxy == arguments[0];
            case "toString" -> "null line";
            default -> null;
        };
    }

    /** Like many cards it has no line for one kHz. */
    private static boolean isSourceLine(Line.Info info) {
        return info.getLineClass() == SourceDataLine.class
                && (!(info instanceof DataLine.Info data)
                        || data.getFormats().length == 0
                        || data.getFormats()[0].getSampleRate() > 1_000);
    }

    private static Line line(DataLine.Info info) {
        if (!isSourceLine(info)) {
            throw new IllegalArgumentException("no such line: " + info);
        }
        NullLine line = new NullLine();
        LINES.add(line);
        return line.proxy;
    }

    /** One line. */
    static final class NullLine implements InvocationHandler {
        private final SourceDataLine proxy = (SourceDataLine)
                Proxy.newProxyInstance(NullMixer.class.getClassLoader(), new Class<?>[] {SourceDataLine.class}, this);
        private final ByteArrayOutputStream written = new ByteArrayOutputStream();
        private AudioFormat format;
        private boolean isStarted;
        private boolean isClosed;

        @Override
        public synchronized Object invoke(Object line, Method method, Object[] arguments) {
            switch (method.getName()) {
                case "open" -> format = (AudioFormat) arguments[0];
                case "start" -> isStarted = true;
                case "close" -> isClosed = true;
                case "write" -> {
                    if (!isStarted || isClosed) {
                        throw new IllegalStateException("written to a line that doesn't play");
                    }
                    int length = (int) arguments[2];
                    written.write((byte[]) arguments[0], (int) arguments[1], length);
                    LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(100));
                    return length;
                }
                case "getLongFramePosition" -> {
                    return (long) written.size() / format.getFrameSize();
                }
                case "toString" -> {
                    return "null line";
                }
                default -> {
                    // The rest changes nothing that is looked at.
                }
            }
            return null;
        }

        synchronized boolean isClosed() {
            return isClosed;
        }

        synchronized AudioFormat format() {
            return format;
        }

        /** All that was played, channels interleaved. */
        synchronized ShortBuffer played() {
            return ByteBuffer.wrap(written.toByteArray())
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asShortBuffer();
        }
    }
}
