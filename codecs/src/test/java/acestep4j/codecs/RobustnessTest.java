package acestep4j.codecs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.AceStepException;
import acestep4j.audio.AudioBuffer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Damaged and hostile files, many reads, many threads. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class RobustnessTest {
    private final AudioFileReader reader = new AudioFileReader(Duration.ofSeconds(20));

    @TempDir
    private Path folder;

    static List<String> all() {
        return Stream.of(
                        TestSounds.LOSSLESS, TestSounds.LOSSY, List.of("aac_adts.aac", "m4a_ac3.m4a", "video_only.mp4"))
                .flatMap(List::stream)
                .toList();
    }

    /** Either sound or one line that says what is wrong; the process survives. */
    @ParameterizedTest
    @MethodSource("all")
    void mutatedFilesAreReadOrRefused(String name) {
        byte[] whole = TestSounds.bytes(name);
        Random random = new Random(name.hashCode());
        for (int i = 0; i < 30; i++) {
            byte[] mutated = mutated(whole, random);
            Path file = TestSounds.file(mutated, folder.resolve("mutated"));
            for (boolean stream : new boolean[] {false, true}) {
                try {
                    AudioBuffer audio =
                            stream ? reader.read(new ByteArrayInputStream(mutated), "mutated") : reader.read(file);
                    assertTrue(audio.length() > 0);
                } catch (AudioFileException e) {
                    AudioFileReaderTest.assertOneLine(e.getMessage());
                }
            }
            try {
                reader.comment(file);
            } catch (AudioFileException e) {
                AudioFileReaderTest.assertOneLine(e.getMessage());
            }
        }
        assertEquals(0, NativeIo.open());
    }

    private static byte[] mutated(byte[] whole, Random random) {
        byte[] bytes = whole.clone();
        int kind = random.nextInt(4);
        int count = 1 + random.nextInt(12);
        for (int i = 0; i < count; i++) {
            // Headers matter most, and are short.
            int at = random.nextInt(random.nextBoolean() ? bytes.length : Math.min(bytes.length, 200));
            if (kind == 0) {
                bytes[at] ^= (byte) (1 << random.nextInt(8));
            } else if (kind == 1) {
                bytes[at] = (byte) (random.nextBoolean() ? 0xff : random.nextInt());
            } else if (kind == 2) {
                Arrays.fill(bytes, at, Math.min(bytes.length, at + 1 + random.nextInt(64)), (byte) random.nextInt());
            } else {
                int from = random.nextInt(bytes.length);
                int length = Math.min(random.nextInt(400), bytes.length - Math.max(at, from));
                System.arraycopy(whole, from, bytes, at, length);
            }
        }
        return random.nextInt(4) == 0 ? Arrays.copyOf(bytes, 1 + random.nextInt(bytes.length)) : bytes;
    }

    /** In a process whose Java heap is in memory from the start, so that only native memory can grow. */
    @Test
    void manyReadsAndWritesLeaveNothingBehind() throws IOException, InterruptedException {
        String printed = run(
                ManyTimes.class,
                folder,
                "-Xms64m",
                "-Xmx64m",
                "-XX:+AlwaysPreTouch",
                "-XX:+UseSerialGC",
                "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0");
        long grown = Long.parseLong(printed.strip());
        // One leaked buffer of 32 KiB in each of these reads and writes would be 80 MB; compiled code takes some.
        assertTrue(grown < 32 << 20, () -> grown + " bytes");
    }

    /** Prints by how many bytes the process grew. */
    static final class ManyTimes {
        private ManyTimes() {}

        public static void main(String[] arguments) {
            Path folder = Path.of(arguments[0]);
            List<byte[]> files = new ArrayList<>();
            for (String name : all()) {
                byte[] whole = TestSounds.bytes(name);
                files.add(whole);
                files.add(Arrays.copyOf(whole, whole.length / 2));
            }
            files.add("text ".repeat(1000).getBytes(StandardCharsets.US_ASCII));
            AudioBuffer sound = TestSounds.tones(2, 48_000, 4800);
            useAll(folder, files, sound, 30);
            long before = Pointer.physicalBytes();
            useAll(folder, files, sound, 50);
            System.out.println(Pointer.physicalBytes() - before);
        }

        private static void useAll(Path folder, List<byte[]> files, AudioBuffer sound, int times) {
            AudioFileReader reader = new AudioFileReader();
            for (int i = 0; i < times; i++) {
                for (byte[] file : files) {
                    try {
                        reader.read(TestSounds.file(file, folder.resolve("file")));
                    } catch (AudioFileException e) {
                        AudioFileReaderTest.assertOneLine(e.getMessage());
                    }
                }
                for (String name : List.of("a.flac", "a.ogg", "a.mp3")) {
                    AudioFileWriter.write(folder.resolve(name), sound, "comment");
                }
            }
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void noFileStaysOpen() throws IOException {
        Path file = TestSounds.copy("m4a_aac.m4a", folder);
        Path cut = TestSounds.file(Arrays.copyOf(TestSounds.bytes("m4a_aac.m4a"), 3000), folder.resolve("cut.m4a"));
        reader.read(file);
        long before = openFiles();
        long spooled = spooledFiles();
        for (int i = 0; i < 50; i++) {
            reader.read(file);
            try (InputStream in = Files.newInputStream(file)) {
                reader.read(in, "stream");
            }
            assertThrows(AudioFileException.class, () -> reader.read(cut));
            try (InputStream in = Files.newInputStream(cut)) {
                assertThrows(AudioFileException.class, () -> reader.read(in, "stream"));
            }
        }
        assertTrue(openFiles() <= before + 5, () -> before + " files before");
        assertEquals(spooled, spooledFiles());
    }

    private static long openFiles() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        }
    }

    private static long spooledFiles() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(file -> file.getFileName().toString().matches("acestep4j-.*[.]m4a"))
                    .count();
        }
    }

    /** More at once than JavaCPP has callbacks of one type. */
    @Test
    void threadsDontDisturbEachOther() throws InterruptedException, ExecutionException {
        ExecutorService threads = Executors.newFixedThreadPool(24);
        try {
            List<Future<?>> done = new ArrayList<>();
            for (int i = 0; i < 120; i++) {
                List<String> names = Stream.concat(TestSounds.LOSSLESS.stream(), TestSounds.LOSSY.stream())
                        .toList();
                String name = names.get(i % names.size());
                byte[] bytes = TestSounds.bytes(name);
                AudioBuffer expected = reader.read(new ByteArrayInputStream(bytes), name);
                Path written = folder.resolve(i + ".flac");
                done.add(threads.submit(() -> {
                    AudioBuffer audio = reader.read(new ByteArrayInputStream(bytes), name);
                    assertArrayEquals(expected.samples(), audio.samples());
                    AudioFileWriter.write(written, audio, new AudioFormat.Flac(24), name);
                    assertEquals(name, reader.comment(written).orElseThrow());
                }));
            }
            for (Future<?> future : done) {
                future.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** What names other files or addresses, in formats that FFmpeg knows, is text here and followed nowhere. */
    @Test
    void nothingThatAFileNamesIsOpened() throws IOException {
        Path local = TestSounds.copy("flac_s16.flac", folder);
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            String address = "http://127.0.0.1:" + server.getLocalPort() + "/a.mp3";
            for (String target : List.of(address, local.toString(), "tcp://127.0.0.1:" + server.getLocalPort())) {
                for (String list : List.of(
                        "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n" + target + "\n#EXT-X-ENDLIST\n",
                        "ffconcat version 1.0\nfile '" + target + "'\n",
                        "[playlist]\nFile1=" + target + "\n",
                        "concat:" + target,
                        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio "
                                + server.getLocalPort() + " RTP/AVP 0\n")) {
                    Path file = Files.writeString(folder.resolve("list.m3u8"), list);
                    assertThrows(AudioFileException.class, () -> reader.read(file), list);
                }
            }
            String message = assertThrows(AudioFileException.class, () -> reader.read(Path.of(address)))
                    .getMessage();
            assertTrue(message.contains("doesn't exist"), message);
            server.setSoTimeout(200);
            assertThrows(SocketTimeoutException.class, server::accept);
        }
    }

    /** FFmpeg writes past Java, so another process says what there is. */
    @Test
    void nothingIsPrinted() throws IOException, InterruptedException {
        for (String name : all()) {
            byte[] bytes = TestSounds.bytes(name);
            bytes[bytes.length / 2] ^= 85;
            TestSounds.file(bytes, folder.resolve(name));
        }
        assertEquals("read\n", run(ReadAll.class, folder));
    }

    /** @return what a process printed, without the JVM's warnings */
    private static String run(Class<?> program, Path folder, String... options)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName(), folder.toString()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), printed);
        return printed.lines()
                .filter(line -> !line.startsWith("WARNING: "))
                .map(line -> line + "\n")
                .reduce("", String::concat);
    }

    /** Reads and writes every file of a folder. */
    static final class ReadAll {
        private ReadAll() {}

        public static void main(String[] arguments) throws IOException {
            Path folder = Path.of(arguments[0]);
            List<Path> files;
            try (Stream<Path> found = Files.list(folder)) {
                files = found.toList();
            }
            for (Path file : files) {
                try {
                    AudioBuffer audio = new AudioFileReader().read(file);
                    AudioFileWriter.write(folder.resolve("out.flac"), audio, "comment");
                    AudioFileWriter.write(folder.resolve("out.ogg"), audio, "comment");
                    AudioFileWriter.write(folder.resolve("out.mp3"), audio, new AudioFormat.Mp3(64), "comment");
                } catch (AceStepException e) {
                    AudioFileReaderTest.assertOneLine(e.getMessage());
                }
            }
            System.out.println("read");
        }
    }
}
