package acestep4j.player;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.AceStep;
import acestep4j.Snippets;
import acestep4j.audio.AudioBuffer;
import acestep4j.audio.AudioStream;
import acestep4j.job.MusicJobs;
import acestep4j.library.EntryLabels;
import acestep4j.library.LibraryOptions;
import acestep4j.library.MusicLibrary;
import acestep4j.request.LoopRequest;
import java.io.IOException;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What README and docs/game-music.md show compiles, and runs with the small bundle of random weights and, where there is no
 * audio device, on one that plays nothing. Snippets are classes, or statements behind their imports.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ReadmeTest {
    private static final Path MODELS = Path.of(System.getProperty("acestep4j.models"));
    private static final Path BUNDLE = MODELS.resolve("random-small");
    private static final Pattern CLASS_NAME = Pattern.compile("^class (\\w+)", Pattern.MULTILINE);
    private static final Pattern SOUND_FILE = Pattern.compile("Path\\.of\\(\"(\\w+\\.wav)\"\\)");

    @TempDir
    private static Path folder;

    /** By their classes' names, as they are shown. */
    private static Map<String, String> snippets;

    private static List<String> inReadme;

    @BeforeAll
    static void compile() throws IOException {
        inReadme = Snippets.of(MODELS.resolveSibling("README.md"));
        List<String> all = Stream.concat(
                        inReadme.stream(),
                        Snippets.of(MODELS.resolveSibling("docs").resolve("game-music.md")).stream())
                .toList();
        snippets = all.stream().collect(Collectors.toMap(text -> name(text, all.indexOf(text)), text -> text));
        for (Map.Entry<String, String> snippet : snippets.entrySet()) {
            Snippets.compile(folder, snippet.getKey(), inTest(asClass(snippet.getKey(), snippet.getValue())));
        }
    }

    private static String name(String snippet, int index) {
        return CLASS_NAME
                .matcher(snippet)
                .results()
                .findFirst()
                .map(match -> match.group(1))
                .orElse("Statements" + index);
    }

    private static String asClass(String name, String snippet) {
        if (CLASS_NAME.matcher(snippet).find()) {
            return snippet;
        }
        int body = snippet.lastIndexOf("import ");
        int statements = snippet.indexOf('\n', body) + 1;
        return snippet.substring(0, statements) + "class " + name + " { static void run() throws Exception {\n"
                + snippet.substring(statements) + "}}\n";
    }

    /** With the small bundle, and files in the test's folder. */
    private static String inTest(String text) {
        String bundle = text.replace("Path.of(\"models/nano\")", Snippets.expression(BUNDLE));
        return SOUND_FILE
                .matcher(bundle)
                .replaceAll((MatchResult file) ->
                        Matcher.quoteReplacement(Snippets.expression(folder.resolve(file.group(1)))));
    }

    @Test
    void theFirstExampleHasAtMostEightLinesAndTheSecondIsTheAdaptivePlayer() {
        assertTrue(inReadme.get(0).lines().filter(line -> !line.isBlank()).count() <= 8, inReadme.get(0));
        assertTrue(inReadme.get(1).contains("AdaptiveMusic.builder()"), inReadme.get(1));
    }

    @Test
    void everyStaticExampleRuns() throws Exception {
        try (AceStep aceStep = AceStep.open(BUNDLE);
                MusicJobs jobs = MusicJobs.on(aceStep);
                URLClassLoader loader = Snippets.loader(folder)) {
            Map<Class<?>, Object> arguments = Map.of(
                    AceStep.class,
                    aceStep,
                    MusicJobs.class,
                    jobs,
                    AudioBuffer.class,
                    Tracks.sine(220, 4 * Tracks.RATE),
                    Path.class,
                    BUNDLE,
                    long.class,
                    7L);
            int calls = 0;
            for (String name : snippets.keySet()) {
                for (Method method : loader.loadClass(name).getDeclaredMethods()) {
                    if (Modifier.isStatic(method.getModifiers()) && !method.isSynthetic()) {
                        method.setAccessible(true);
                        method.invoke(
                                null,
                                Stream.of(method.getParameterTypes())
                                        .map(arguments::get)
                                        .toArray());
                        calls++;
                    }
                }
            }
            assertTrue(calls >= 5, calls + " examples");
            assertTrue(Files.size(folder.resolve("song.wav")) > 100_000);
        }
    }

    @Test
    void theFightIsHeardAndItsThemeVaried() throws Exception {
        try (AceStep aceStep = AceStep.open(BUNDLE);
                URLClassLoader loader = Snippets.loader(folder)) {
            Class<?> type = loader.loadClass("Fight");
            Object fight =
                    accessible(type.getDeclaredConstructor(AceStep.class)).newInstance(aceStep);
            accessible(type.getDeclaredMethod("begin", long.class)).invoke(fight, 7L);
            Method eachFrame = accessible(type.getDeclaredMethod("eachFrame", ShortBuffer.class));
            ShortBuffer block = ByteBuffer.allocateDirect(40_000)
                    .order(ByteOrder.nativeOrder())
                    .asShortBuffer();
            long heard = 0;
            for (int frames = 0; frames != AudioStream.END; frames = (int) eachFrame.invoke(fight, block.clear())) {
                heard += frames;
            }
            assertEquals(30, heard / 48_000.0, 0.5);
            Field theme = accessible(type.getDeclaredField("theme"));
            while (theme.get(fight) == null) {
                eachFrame.invoke(fight, block.clear());
            }
            accessible(type.getDeclaredMethod("prepareMore", long.class)).invoke(fight, 1L);
            MusicJobs jobs =
                    (MusicJobs) accessible(type.getDeclaredField("jobs")).get(fight);
            jobs.close();
        }
    }

    @Test
    void musicOfALibraryIsHeardAndMoreIsMade() throws Exception {
        ExecutorService background = Executors.newSingleThreadExecutor();
        try (AceStep aceStep = AceStep.open(BUNDLE);
                MusicLibrary library = MusicLibrary.open(folder.resolve("music"), LibraryOptions.defaults());
                URLClassLoader loader = Snippets.loader(folder)) {
            for (String name : List.of("explore", "combat")) {
                LoopRequest request = LoopRequest.builder()
                        .prompt(name)
                        .bpm(240)
                        .bars(2)
                        .steps(2)
                        .seed(7)
                        .build();
                library.put(aceStep.generate(request), 0, EntryLabels.named(name));
            }
            Class<?> type = loader.loadClass("BakedMusic");
            Object baked = accessible(type.getDeclaredConstructor(MusicLibrary.class, Executor.class))
                    .newInstance(library, background);
            AdaptiveMusic music =
                    (AdaptiveMusic) accessible(type.getDeclaredField("music")).get(baked);
            Method more = accessible(type.getDeclaredMethod("otherCombat", AceStep.class, long.class));
            ((CompletableFuture<?>) more.invoke(baked, aceStep, 7L)).get();
            assertEquals(3, library.entries().size());
            assertTrue(music.fire("enemy"));
            float[][] block = new float[2][48_000];
            music.read(block);
            music.read(block);
            music.read(block);
            assertEquals("combat", music.heard().orElseThrow());
            music.close();
        } finally {
            background.shutdown();
        }
    }

    private static <T extends AccessibleObject> T accessible(T member) {
        member.setAccessible(true);
        return member;
    }
}
