package acestep4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.AceStep;
import acestep4j.GenerationResult;
import acestep4j.library.LibraryEntry;
import acestep4j.library.LibraryOptions;
import acestep4j.library.MusicLibrary;
import acestep4j.library.StorageForm;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole soundtracks, and the library they go into, with the small bundle of random weights. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class BakeCommandTest {
    private static final String BUNDLE =
            Path.of(System.getProperty("acestep4j.models"), "random-small").toString();

    @TempDir
    private Path folder;

    @Test
    void aListBecomesFilesAndARunGoesOnWhereItStopped() throws IOException {
        String csv = "\ufeffname,prompt,lyrics,duration,steps,seed,erg-tag\n"
                + "dawn,\"calm piano, \"\"night\"\"\",\"[verse]\nThe lamps\",1,2,7,false\n"
                + "\n"
                + "Battle 2,metal,,1,2,,\n"
                + "dusk,strings,,1,1,,\n";
        String list = write("songs.csv", csv);
        Outcome first = bake("--list", list, "--out", file("out"), "--extension", "flac");
        assertEquals(0, first.exitCode(), first.err());
        assertEquals("3 tracks: 3 made, 0 there already, 0 failed", first.out().strip());
        assertTrue(first.err().contains("track      [" + ".".repeat(30) + "] 1/3 dawn, elapsed 00:00"), first.err());
        assertTrue(first.err().contains("track      [" + "#".repeat(20)), first.err());
        assertEquals(
                List.of(
                        "Battle 2.flac",
                        "Battle 2_input_params.json",
                        "Battle 2_recipe.json",
                        "dawn.flac",
                        "dawn_input_params.json",
                        "dawn_recipe.json",
                        "dusk.flac",
                        "dusk_input_params.json",
                        "dusk_recipe.json"),
                files("out"));
        JsonObject recipe = JsonParser.parseString(Files.readString(folder.resolve("out/dawn_recipe.json")))
                .getAsJsonObject()
                .getAsJsonObject("recipe");
        assertEquals("calm piano, \"night\"", recipe.get("prompt").getAsString());
        assertEquals("[verse]\nThe lamps", recipe.get("lyrics").getAsString());
        assertFalse(recipe.get("erg_tag").getAsBoolean());
        assertEquals(2, recipe.get("steps").getAsInt());

        // What is gone is made again, what is asked for otherwise anew, the rest stays.
        byte[] battle = bytes("out/Battle 2.flac");
        byte[] dawn = bytes("out/dawn.flac");
        Files.delete(folder.resolve("out/Battle 2.flac"));
        write("songs.csv", csv.replace("calm", "folk"));
        Outcome again = bake("--list", list, "--out", file("out"), "--extension", "flac");
        assertEquals(0, again.exitCode(), again.err());
        assertEquals("3 tracks: 2 made, 1 there already, 0 failed", again.out().strip());
        assertArrayEquals(battle, bytes("out/Battle 2.flac"));
        assertFalse(Arrays.equals(dawn, bytes("out/dawn.flac")));
    }

    @Test
    void tracksWithBarsAreLoops() throws IOException {
        String list = write(
                "songs.csv",
                "name,prompt,bpm,bars,seam,duration,steps,seed\n"
                        + "field,folk,240,2,crossfade,,2,7\n"
                        + "song,folk,,,,1,2,7\n");
        Outcome baked = bake("--list", list, "--out", file("out"));
        assertEquals(0, baked.exitCode(), baked.err());
        assertTrue(new String(bytes("out/field.wav"), StandardCharsets.ISO_8859_1).contains("smpl"));
        assertFalse(new String(bytes("out/song.wav"), StandardCharsets.ISO_8859_1).contains("smpl"));

        String library = file("library");
        assertEquals(
                0,
                bake("--list", list, "--library", library, "--form", "latents").exitCode());
        Outcome again = Outcome.of("library", "regenerate", "--library", library, "--bundle", BUNDLE);
        assertTrue(again.out().lines().allMatch(line -> line.endsWith(": same")), again.out());
        Outcome exported = Outcome.of(
                "library",
                "export",
                "--library",
                library,
                "--name",
                "field",
                "--bundle",
                BUNDLE,
                "--out",
                file("a.wav"));
        assertEquals(0, exported.exitCode(), exported.err());
        assertArrayEquals(bytes("out/field.wav"), bytes("a.wav"));

        Outcome refused =
                bake("--list", write("b.csv", "name,prompt,bpm,bars,duration\na,folk,240,2,5\n"), "--out", file("b"));
        assertEquals(2, refused.exitCode());
        assertTrue(refused.err().contains("line 2: --duration: has no meaning for a loop"), refused.err());
    }

    @Test
    void aListBecomesEntriesOfALibrary() throws IOException {
        String json = "[\n  {\"name\": \"dawn\", \"prompt\": \"calm\", \"style\": \"field\", \"tags\": [\"a\", \"b\"],"
                + " \"duration\": 1, \"steps\": 2, \"seed\": 7},\n"
                + "  {\"name\": \"dusk\", \"prompt\": \"calm\", \"tags\": \"b; c\", \"duration\": 1.5, \"step-list\": [2, 3]}\n]\n";
        String list = write("songs.json", json);
        String library = file("library");
        Outcome baked = bake("--list", list, "--library", library, "--form", "compact_latents");
        assertEquals(0, baked.exitCode(), baked.err());

        Outcome listed = Outcome.of("library", "list", "--library", library);
        assertEquals(0, listed.exitCode(), listed.err());
        List<String> lines = listed.out().lines().toList();
        assertEquals(2, lines.size());
        assertTrue(lines.get(0).endsWith("s  compact_latents dawn (field) [a, b]"), lines.get(0));
        assertTrue(lines.get(1).endsWith("s  compact_latents dusk [b, c]"), lines.get(1));

        Outcome found = Outcome.of("library", "list", "--library", library, "--tag", "b", "--tag", "c", "--json");
        JsonArray entries = JsonParser.parseString(found.out()).getAsJsonArray();
        assertEquals(1, entries.size());
        assertEquals("dusk", entries.get(0).getAsJsonObject().get("name").getAsString());

        Outcome regenerated = Outcome.of("library", "regenerate", "--library", library, "--bundle", BUNDLE);
        assertEquals(0, regenerated.exitCode(), regenerated.err() + regenerated.out());
        assertTrue(regenerated.out().lines().allMatch(line -> line.endsWith(": same")), regenerated.out());

        Outcome refused =
                Outcome.of("library", "export", "--library", library, "--name", "dawn", "--out", file("a.wav"));
        assertEquals(2, refused.exitCode());
        assertTrue(refused.err().contains("--bundle: expected the bundle"), refused.err());
        Outcome exported = Outcome.of(
                "library",
                "export",
                "--library",
                library,
                "--name",
                "dawn",
                "--bundle",
                BUNDLE,
                "--out",
                file("a.wav"));
        assertEquals(0, exported.exitCode(), exported.err());
        assertTrue(Files.size(folder.resolve("a.wav")) > 48_000 * 2);

        // Other labels alone make nothing anew; damage does.
        write("songs.json", json.replace("dawn", "sunrise"));
        Outcome renamed = bake("--list", list, "--library", library, "--form", "compact_latents");
        assertEquals(
                "2 tracks: 0 made, 2 there already, 0 failed", renamed.out().strip());
        Path sunrise = folder.resolve("library").resolve(key(library, "sunrise") + ".music");
        byte[] bytes = Files.readAllBytes(sunrise);
        bytes[bytes.length - 50] ^= 1;
        Files.write(sunrise, bytes);
        Outcome verified = Outcome.of("library", "verify", "--library", library);
        assertEquals(1, verified.exitCode());
        assertTrue(verified.out().endsWith("1 entries whole, 1 damaged\n"), verified.out());
        Outcome repaired = bake("--list", list, "--library", library, "--form", "compact_latents");
        assertEquals(
                "2 tracks: 1 made, 1 there already, 0 failed", repaired.out().strip());
    }

    @Test
    void lyricsThatAreTooLongAreNamedBeforeAnythingIsMade() throws IOException {
        String list = write(
                "songs.csv",
                "name,prompt,lyrics,duration,steps\nshort,a,,1,1\nlong,a," + "la ".repeat(5000) + ",1,1\n");
        Outcome outcome = bake("--list", list, "--out", file("out"));
        assertEquals(2, outcome.exitCode(), outcome.err());
        assertTrue(outcome.err().contains(list + " line 3: lyrics: expected at most"), outcome.err());
    }

    @Test
    void aFailedTrackDoesNotStopTheRest() throws IOException {
        String list = write(
                "songs.csv",
                "name,prompt,guidance-scale,guidance-interval,duration,steps\nwild,a,1e38,1,1,2\nshort,a,,,1,1\n");
        Outcome outcome = bake("--list", list, "--out", file("out"));
        assertEquals(1, outcome.exitCode(), outcome.err());
        assertTrue(
                outcome.err().contains("acestep4j: " + list + " line 2: wild: the latents became NaN"), outcome.err());
        assertEquals(
                "2 tracks: 1 made, 0 there already, 1 failed", outcome.out().strip());
        assertEquals(List.of("short.wav", "short_input_params.json", "short_recipe.json"), files("out"));
    }

    @Test
    void aRunEndsWithTheFirstTrackThatCannotBeKept() throws IOException {
        String list = write("songs.csv", "name,prompt,duration,steps\na,x,1,1\nb,x,1,1\nc,x,1,1\n");
        Path inTheWay = Files.createDirectories(folder.resolve("out/b_recipe.json"));
        Outcome ended = bake("--list", list, "--out", file("out"));
        assertEquals(1, ended.exitCode(), ended.err());
        assertEquals(
                "3 tracks: 1 made, 0 there already, 1 failed, 1 not begun",
                ended.out().strip());
        assertTrue(ended.err().contains("line 3: b: " + inTheWay + ": is a folder"), ended.err());
        assertTrue(ended.err().contains("; the run ends here"), ended.err());
        assertFalse(ended.err().contains("3/3 c"), ended.err());

        Files.delete(inTheWay);
        Outcome again = bake("--list", list, "--out", file("out"));
        assertEquals("3 tracks: 2 made, 1 there already, 0 failed", again.out().strip());

        Files.createDirectories(folder.resolve("library/.lock"));
        Outcome locked = bake("--list", list, "--library", file("library"));
        assertEquals(
                "3 tracks: 0 made, 0 there already, 1 failed, 2 not begun",
                locked.out().strip());
    }

    @Test
    void faultyMusicIsNamedAndRefusedWhenStrict() throws IOException {
        String bundle = loudBundle();
        String list = write("songs.csv", "name,prompt,duration,steps\nloud,a,1,2\n");
        Outcome named = Outcome.of("bake", "--bundle", bundle, "--list", list, "--library", file("library"));
        assertEquals(0, named.exitCode(), named.err());
        String clipped = "item 0: expected at most 0.0100 of the samples clipped";
        assertTrue(
                named.err()
                        .contains("acestep4j: warning: " + list + " line 2: loud: the music isn't fit to be heard: "
                                + clipped),
                named.err());
        Outcome listed = Outcome.of("library", "list", "--library", file("library"));
        assertTrue(listed.out().contains(" loud: " + clipped), listed.out());

        Outcome strict =
                Outcome.of("bake", "--bundle", bundle, "--list", list, "--library", file("strict"), "--strict");
        assertEquals(1, strict.exitCode(), strict.err());
        assertEquals("1 tracks: 0 made, 0 there already, 1 failed", strict.out().strip());
        assertEquals(
                "", Outcome.of("library", "list", "--library", file("strict")).out());
    }

    /** The small bundle with a vocoder whose weights are so large that it clips. */
    private String loudBundle() throws IOException {
        Path original = Path.of(BUNDLE);
        Path copy = folder.resolve("loud");
        try (Stream<Path> paths = Files.walk(original)) {
            for (Path path : paths.toList()) {
                Files.copy(path, copy.resolve(original.relativize(path).toString()));
            }
        }
        Path weights = copy.resolve("fp32/vocoder.onnx.data");
        byte[] bytes = Files.readAllBytes(weights);
        FloatBuffer floats =
                ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        for (int i = 0; i < floats.limit(); i++) {
            floats.put(i, 2 * floats.get(i));
        }
        Files.write(weights, bytes);
        return copy.toString();
    }

    @Test
    void whatTheModelDoesNotGetIsSaidOfEachTrack() throws IOException {
        String list = write("songs.csv", "name,prompt,duration,steps\nlong," + "la ".repeat(300) + ",1,2\n");
        Outcome baked = bake("--list", list, "--out", file("out"));
        assertEquals(0, baked.exitCode(), baked.err());
        List<String> warnings =
                baked.err().lines().filter(line -> line.contains("warning")).toList();
        assertEquals(
                List.of("acestep4j: warning: " + list
                        + " line 2: long: the prompt is longer than the model takes; it was cut off after 256 tokens"),
                warnings);
    }

    @Test
    void entriesAreMadeAgainInAnotherFormAndSayHowFarOtherSamplesAre() throws IOException {
        String list = write("songs.csv", "name,prompt,duration,steps\na,x,1,1\n");
        assertEquals(0, bake("--list", list, "--library", file("library")).exitCode());
        Outcome asFloat = bake("--list", list, "--library", file("library"), "--form", "float");
        assertEquals(
                "1 tracks: 1 made, 0 there already, 0 failed", asFloat.out().strip());
        Outcome again = bake("--list", list, "--library", file("library"));
        assertEquals("1 tracks: 0 made, 1 there already, 0 failed", again.out().strip());

        try (AceStep aceStep = AceStep.open(Path.of(BUNDLE));
                MusicLibrary library = MusicLibrary.open(
                        folder.resolve("library"), LibraryOptions.defaults().withForm(StorageForm.FLOAT_32))) {
            LibraryEntry entry = library.entries().get(0);
            GenerationResult result = entry.recipe().regenerate(aceStep);
            for (float[] channel : result.audio().get(0).samples()) {
                for (int i = 0; i < channel.length; i++) {
                    channel[i] *= 1.001f;
                }
            }
            library.put(result, 0, entry.labels());
        }
        Outcome regenerated = Outcome.of("library", "regenerate", "--library", file("library"), "--bundle", BUNDLE);
        assertEquals(1, regenerated.exitCode(), regenerated.err());
        assertTrue(regenerated.out().strip().endsWith(" a: other samples, SNR 60.0 dB"), regenerated.out());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "csv | name,prompt;a,x;b,x;a,x | line 4: expected another name, found that of FILE line 2",
                "csv | name,prompt;a,x;b, | line 3: --prompt: expected a text",
                "csv | name,prompt;,x | line 2: name: expected a name",
                "csv | name,prompt,seed;a,x,1;b,x,1 | line 3: expected another prompt, settings and seed, found that of",
                "csv | name,prompt,mood;a,x,sad | line 2: expected one of bars, beats-per-bar, bpm, duration, erg-diffusion",
                "csv | name,prompt,steps;a,x,1;b,x,many | line 3: Invalid value for option '--steps'",
                "csv | name,prompt,steps;a,x,0 | line 2: steps: expected 1 to 1000, found 0",
                "csv | name,prompt,batch-size;a,x,2 | line 2: expected one of",
                "csv | name,prompt,duration;a,x,random | line 2: duration: expected a given value",
                "csv | name,prompt;a,x,y | line 2: expected 2 cells, found 3",
                "csv | name,prompt;a,\"x | line 2: expected CSV with a header",
                "csv | name,name;a,x | expected CSV with a header",
                "csv | name,prompt | expected at least one track, found none in FILE",
                "csv | name,prompt;a/b,x | line 2: name: expected one for a file, found 'a/b'",
                "json | [;{\"name\":\"a\",\"prompt\":\"x\"},;{\"name\":\"b\"}] | line 3: --prompt: expected a text",
                "json | [;{\"name\":\"a\",;\"prompt\":null}] | line 3: prompt: expected a text, a number",
                "json | [;{\"name\":\"a\",;\"name\":\"x\"}] | line 3: expected each key once, found 'name' twice",
                "json | {} | line 1: expected a JSON array of objects",
                "json | [;{\"name\":\"a\" | line 2: expected a JSON array of objects, found one that ends too early",
                "txt | a | --list: expected a file that ends in .json or .csv",
            })
    void aBadRowIsNamedBeforeAnythingIsMade(String extension, String content, String problem) throws IOException {
        String list = write("songs." + extension, content.replace(';', '\n'));
        Outcome outcome = bake("--list", list, "--out", file("out"));
        assertEquals(2, outcome.exitCode(), outcome.err());
        assertEquals(1, outcome.err().lines().count(), outcome.err());
        assertTrue(outcome.err().contains(problem.replace("FILE", list)), outcome.err());
        assertTrue(outcome.err().contains(list), outcome.err());
        assertTrue(Files.notExists(folder.resolve("out")) || files("out").isEmpty());
    }

    @Test
    void refusesFlagsThatMeanNothing() throws IOException {
        String list = write("songs.csv", "name,prompt\na,x\n");
        assertEquals(2, bake("--list", list).exitCode());
        assertEquals(
                2,
                bake("--list", list, "--out", file("a"), "--library", file("b")).exitCode());
        assertEquals(
                2, bake("--list", list, "--out", file("a"), "--form", "pcm16").exitCode());
        assertEquals(
                2,
                bake("--list", list, "--library", file("b"), "--format", "pcm16")
                        .exitCode());
        assertEquals(
                2, bake("--list", list, "--library", file("b"), "--form", "mp3").exitCode());
        assertEquals(2, Outcome.of("library").exitCode());
        assertEquals(2, Outcome.of("library", "list", "--library", file("b")).exitCode());
        assertTrue(Files.notExists(folder.resolve("b")));
    }

    private Outcome bake(String... flags) {
        List<String> arguments = new ArrayList<>(List.of("bake", "--bundle", BUNDLE));
        arguments.addAll(List.of(flags));
        return Outcome.of(arguments.toArray(new String[0]));
    }

    private static String key(String library, String name) {
        String json = Outcome.of("library", "list", "--library", library, "--name", name, "--json")
                .out();
        return JsonParser.parseString(json)
                .getAsJsonArray()
                .get(0)
                .getAsJsonObject()
                .get("key")
                .getAsString();
    }

    private String write(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content).toString();
    }

    private String file(String name) {
        return folder.resolve(name).toString();
    }

    private byte[] bytes(String name) throws IOException {
        return Files.readAllBytes(folder.resolve(name));
    }

    private List<String> files(String name) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve(name))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
