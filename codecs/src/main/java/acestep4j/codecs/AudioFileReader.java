package acestep4j.codecs;

import acestep4j.InvalidRequestException;
import acestep4j.audio.AudioBuffer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Reads audio files: WAV (integers of 8 to 32 bits, floats of 32 and 64 bits), FLAC, MP3, OGG (Vorbis, Opus) and M4A or
 * ADTS (AAC, ALAC). The content decides, not the name. Sample rate and channels stay as they are in the file; integers
 * become floats as in libsndfile and torchaudio (16 bits: divided by 32,768); nothing is dithered, clipped or resampled; what
 * a lossy encoder put before and after the sound is cut off where the file says how much that is.
 *
 * <p>A file is read as a whole or refused. It counts as truncated when it has less than its own header says (WAV, FLAC, MP3
 * with a Xing header, M4A) and when an Ogg stream has no end mark; as damaged when a FLAC checksum is wrong or a decoder says
 * so. A cut in what says no length of its own (an MP3 without that header, ADTS, a fragmented M4A between two fragments)
 * can't be seen: such a file reads as a shorter one.
 *
 * <p>Only the bytes that are given are touched: no other file, no network. Decoding stops at the longest duration, so that
 * memory is bounded by it and not by the file. An M4A file from a stream is copied to a temporary file first, as its
 * index may come last.
 *
 * <p>Immutable and thread-safe.
 */
public final class AudioFileReader {
    public static final Duration DEFAULT_LONGEST = Duration.ofSeconds(600);

    private final Duration longest;

    /** Reads at most {@link #DEFAULT_LONGEST}. */
    public AudioFileReader() {
        this(DEFAULT_LONGEST);
    }

    /** @param longest duration that is read, more than 0; a longer file is refused */
    public AudioFileReader(Duration longest) {
        if (longest.isNegative() || longest.isZero()) {
            throw new InvalidRequestException("longest", "expected more than 0 s, found " + longest);
        }
        this.longest = longest;
    }

    /** @throws AudioFileException if the file is missing, isn't audio, is truncated or damaged, has no samples, or is too long */
    public AudioBuffer read(Path file) {
        return open(file, source -> read(source, file.toString()));
    }

    /**
     * The comment in a file's metadata, where {@link AudioFileWriter} puts the receipt; empty if there is none. Nothing is
     * decoded.
     *
     * @throws AudioFileException if the file is missing or isn't audio
     */
    public Optional<String> comment(Path file) {
        String name = file.toString();
        return open(
                file,
                source -> WavReader.isWav(requireHead(source, name))
                        ? WavReader.comment(source, name)
                        : FfmpegDecoder.comment(source, name));
    }

    @FunctionalInterface
    private interface Use<T> {
        T of(ByteSource source) throws IOException;
    }

    private static <T> T open(Path file, Use<T> use) {
        String name = file.toString();
        if (!Files.exists(file)) {
            throw new AudioFileException(name, "doesn't exist; give the name of an audio file");
        }
        if (Files.isDirectory(file)) {
            throw new AudioFileException(name, "is a folder; give the name of an audio file");
        }
        if (!Files.isRegularFile(file)) {
            throw new AudioFileException(name, "is not a regular file; give the name of an audio file or a stream");
        }
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            return use.of(new ChannelSource(channel));
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    /**
     * @param in read up to the end of the audio or further; not closed
     * @param name for messages
     * @throws AudioFileException as {@link #read(Path)}
     */
    public AudioBuffer read(InputStream in, String name) {
        try {
            StreamSource source = new StreamSource(in);
            if (!isMp4(source.head())) {
                return read(source, name);
            }
            try (SpooledStream spooled = SpooledStream.of(source, name)) {
                return read(new ChannelSource(spooled.channel()), name);
            }
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    private AudioBuffer read(ByteSource source, String name) throws IOException {
        return WavReader.isWav(requireHead(source, name))
                ? WavReader.read(source, name, longest)
                : FfmpegDecoder.decode(source, name, longest);
    }

    private static byte[] requireHead(ByteSource source, String name) throws IOException {
        byte[] head = source.head();
        if (head.length == 0) {
            throw new AudioFileException(name, "is empty; give an audio file");
        }
        return head;
    }

    private static boolean isMp4(byte[] head) {
        return head.length >= 8 && head[4] == 'f' && head[5] == 't' && head[6] == 'y' && head[7] == 'p';
    }

    private static AudioFileException unreadable(String name, IOException e) {
        String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return new AudioFileException(
                name, "can't be read: " + reason.lines().findFirst().orElse(""), e);
    }
}
