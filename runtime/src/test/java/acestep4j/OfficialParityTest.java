package acestep4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.bundle.Bundle;
import acestep4j.bundle.Manifest;
import acestep4j.golden.NpyArray;
import acestep4j.text.LyricTokenizer;
import acestep4j.text.Prompt;
import acestep4j.text.TextTokenizer;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whole generations against the official pipeline on the same weights, random ones in float32 and the nano model's in
 * compact: the same tokens, latents within 1e-4 and audio within 50 dB. {@code scripts/golden/make_parity_golden.py}
 * wrote what is compared with.
 */
class OfficialParityTest {
    /** The bundles by the folder of their cases. */
    private static final Map<String, String> BUNDLES = Map.of("parity", "random-small", "nano", "nano");

    private static final double LATENTS_TOLERANCE = 1e-4;
    private static final double AUDIO_SNR = 50;
    /** Where the kept half second begins, in samples. */
    private static final int AUDIO_START = 12_000;

    private static final Map<String, AceStep> OPENED = new HashMap<>();

    @BeforeAll
    static void open() {
        BUNDLES.keySet().forEach(folder -> OPENED.put(folder, AceStep.open(bundle(folder))));
    }

    @AfterAll
    static void close() {
        OPENED.values().forEach(AceStep::close);
    }

    /** Each case as folder/name. */
    static List<String> cases() throws IOException, URISyntaxException {
        List<String> found = new ArrayList<>();
        for (String folder : BUNDLES.keySet()) {
            var path = Path.of(Objects.requireNonNull(OfficialParityTest.class.getResource("/golden/" + folder))
                    .toURI());
            try (Stream<Path> cases = Files.list(path)) {
                cases.forEach(each -> found.add(folder + "/" + each.getFileName()));
            }
        }
        return found.stream().sorted().toList();
    }

    /** The path of the bundle that a case, or all of its folder, is for. */
    private static Path bundle(String name) {
        return Path.of(System.getProperty("acestep4j.models"), BUNDLES.get(name.split("/")[0]));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void tokensAreTheOfficialOnes(String name) throws IOException, URISyntaxException {
        JsonObject official = read(name);
        Bundle bundle = Bundle.open(bundle(name), false);
        try (TextTokenizer text = TextTokenizer.load(
                bundle.file(bundle.manifest().text().tokenizer()),
                bundle.manifest().text().maxTokens())) {
            Prompt prompt = text.encode(official.get("prompt").getAsString());
            assertArrayEquals(longs(golden(name, "text_ids")), prompt.ids());
        }
        String words = official.get("lyrics").getAsString();
        if (words.isEmpty()) {
            return;
        }
        Manifest.Lyrics files = bundle.manifest().lyrics().orElseThrow();
        try (LyricTokenizer lyrics =
                LyricTokenizer.load(bundle.file(files.tokenizer()), bundle.file(files.languageModel()))) {
            assertArrayEquals(longs(golden(name, "lyric_ids")), lyrics.encode(words));
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void latentsAndAudioAreTheOfficialOnes(String name) throws IOException, URISyntaxException {
        GenerationResult result = OPENED.get(name.split("/")[0]).generate(OfficialCase.request(read(name)));

        NpyArray latents = golden(name, "latents");
        assertEquals(
                Arrays.stream(latents.shape()).boxed().toList(),
                result.latentsShape().stream().toList());
        double error = relativeError(result.latents(), latents.values());
        assertTrue(error < LATENTS_TOLERANCE, "relative RMS error of the latents " + error);

        if (has(name, "length")) {
            double length = golden(name, "length").values()[0];
            result.audio().forEach(audio -> assertEquals(length, audio.length()));
        } else {
            assertAudio(name, result);
        }
    }

    private static void assertAudio(String name, GenerationResult result) {
        NpyArray audio = golden(name, "audio");
        double scale = golden(name, "peak").values()[0] / Short.MAX_VALUE;
        for (int item = 0; item < audio.shape()[0]; item++) {
            for (int channel = 0; channel < audio.shape()[1]; channel++) {
                double[] expected = audio.at(item).at(channel).values();
                for (int i = 0; i < expected.length; i++) {
                    expected[i] *= scale;
                }
                float[] samples = result.audio().get(item).samples()[channel];
                double snr = -20
                        * Math.log10(relativeError(
                                FloatBuffer.wrap(samples, AUDIO_START, expected.length)
                                        .slice(),
                                expected));
                assertTrue(snr > AUDIO_SNR, "SNR " + snr + " dB of item " + item + ", channel " + channel);
            }
        }
    }

    static double relativeError(FloatBuffer actual, double[] expected) {
        assertEquals(expected.length, actual.remaining());
        double difference = 0;
        double energy = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += Math.pow(actual.get(i) - expected[i], 2);
            energy += Math.pow(expected[i], 2);
        }
        return Math.sqrt(difference / energy);
    }

    private static NpyArray golden(String name, String array) {
        return NpyArray.golden(name + "/" + array);
    }

    private static boolean has(String name, String array) {
        return OfficialParityTest.class.getResource("/golden/" + name + "/" + array + ".npy") != null;
    }

    private static JsonObject read(String name) throws IOException, URISyntaxException {
        Path file =
                Path.of(Objects.requireNonNull(OfficialParityTest.class.getResource("/golden/" + name + "/case.json"))
                        .toURI());
        return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    }

    private static long[] longs(NpyArray array) {
        return Arrays.stream(array.values()).mapToLong(value -> (long) value).toArray();
    }
}
