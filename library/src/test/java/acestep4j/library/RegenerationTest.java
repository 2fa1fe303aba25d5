package acestep4j.library;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.AceStep;
import acestep4j.AceStepOptions;
import acestep4j.Cancellation;
import acestep4j.DecodingMode;
import acestep4j.GenerationResult;
import acestep4j.ProgressListener;
import acestep4j.audio.AudioBuffer;
import acestep4j.audio.AudioSink;
import acestep4j.quality.QualityException;
import acestep4j.quality.QualityGate;
import acestep4j.quality.QualityPolicy;
import acestep4j.quality.QualityProblem;
import acestep4j.request.AudioToAudioRequest;
import acestep4j.request.LoopRequest;
import acestep4j.request.LoopSeam;
import acestep4j.request.TextToMusicRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** From a library's file to the same music again, with the small bundle of random weights. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class RegenerationTest {
    private static final Path BUNDLE = Path.of(System.getProperty("acestep4j.models"), "random-small");
    private static final EntryLabels LABELS = EntryLabels.named("Dawn");

    private static AceStep aceStep;

    private final List<DamagedEntry> damaged = new ArrayList<>();
    private final LibraryOptions options =
            LibraryOptions.defaults().withForm(StorageForm.FLOAT_32).withOnDamage(damaged::add);

    @TempDir
    private Path folder;

    @BeforeAll
    static void open() {
        aceStep = AceStep.open(BUNDLE);
    }

    @AfterAll
    static void close() {
        aceStep.close();
    }

    @Test
    void theRecipeInTheFileGivesTheSamePcmAfterARestart() {
        try (AceStep before = AceStep.open(BUNDLE);
                MusicLibrary library = MusicLibrary.open(folder, options)) {
            library.put(before.generate(song(7)), 0, LABELS);
        }
        try (MusicLibrary library = MusicLibrary.open(folder, options)) {
            LibraryEntry entry = library.findByName("Dawn").get(0);
            GenerationResult again = entry.recipe().regenerate(aceStep);
            assertEquals(entry.pcmSha256(), again.audio().get(0).sha256());
            assertEquals(entry.pcmSha256(), library.read(entry).sha256());
            assertEquals(entry.recipe(), Recipe.of(song(7), aceStep));
        }
    }

    @Test
    void aStreamedPieceIsMadeAgainAsAStream() {
        try (MusicLibrary library = MusicLibrary.open(folder, options)) {
            GenerationResult result =
                    aceStep.stream(song(7), AudioSink.none(), ProgressListener.none(), new Cancellation());
            LibraryEntry entry = library.put(result, 0, LABELS, StorageForm.LATENTS);
            assertEquals(DecodingMode.STREAMED, entry.recipe().decoding());
            GenerationResult again = entry.recipe().regenerate(aceStep);
            assertEquals(entry.pcmSha256(), again.audio().get(0).sha256());
            assertEquals(entry.pcmSha256(), library.read(entry, aceStep).sha256());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLoopIsMadeAgainFromItsRecipeAndFromItsLatents(LoopSeam seam) {
        LoopRequest request = LoopRequest.builder()
                .prompt("folk")
                .bpm(240)
                .bars(2)
                .seam(seam)
                .steps(2)
                .seed(5)
                .build();
        try (MusicLibrary library = MusicLibrary.open(folder, options)) {
            GenerationResult result = aceStep.generate(request);
            LibraryEntry entry = library.put(result, 0, LABELS, StorageForm.LATENTS);
            Recipe recipe = Recipe.parse(entry.recipe().toJson());
            assertTrue(recipe.isLoop());
            assertEquals(result.loop(), library.find(recipe).flatMap(LibraryEntry::loop));
            assertEquals(Recipe.of(request, aceStep), recipe);
            GenerationResult again = recipe.regenerate(aceStep);
            assertEquals(entry.pcmSha256(), again.audio().get(0).sha256());
            assertEquals(result.loop(), again.loop());
            assertEquals(entry.pcmSha256(), library.read(entry, aceStep).sha256());
            GenerationResult streamed =
                    aceStep.stream(request, AudioSink.none(), ProgressListener.none(), new Cancellation());
            assertEquals(recipe, Recipe.of(streamed.receipt(), 0));
        }
    }

    @Test
    void anItemOfABatchIsMadeAgainAsPartOfIt() {
        TextToMusicRequest batch = TextToMusicRequest.builder()
                .prompt("folk")
                .duration(1)
                .steps(2)
                .batchSize(2)
                .seeds(List.of(1L, 2L))
                .build();
        try (MusicLibrary library = MusicLibrary.open(folder, options)) {
            LibraryEntry entry = library.put(aceStep.generate(batch), 1, LABELS, StorageForm.LATENTS);
            AudioBuffer again = entry.recipe().regenerate(aceStep).audio().get(1);
            assertEquals(entry.pcmSha256(), again.sha256());
            assertEquals(entry.pcmSha256(), library.read(entry, aceStep).sha256());
        }
    }

    @Test
    void latentsGiveTheSameSoundAndCompactOnesNearlyTheSame() {
        try (MusicLibrary library = MusicLibrary.open(folder, options)) {
            GenerationResult result = aceStep.generate(song(7));
            AudioBuffer audio = result.audio().get(0);
            LibraryEntry exact = library.put(result, 0, LABELS, StorageForm.LATENTS);
            assertEquals(audio.sha256(), library.read(exact, aceStep).sha256());

            LibraryEntry compact = library.put(result, 0, LABELS, StorageForm.COMPACT_LATENTS);
            AudioBuffer read = library.read(compact, aceStep);
            assertEquals(audio.length(), read.length());
            double snr = snr(audio, read);
            assertTrue(snr > 30, "SNR " + snr + " dB");
        }
    }

    @Test
    void theLibraryMakesWhatItHasNot() throws IOException {
        try (MusicLibrary library = MusicLibrary.open(folder, options)) {
            List<Object> told = new ArrayList<>();
            ProgressListener listener = told::add;
            Piece made = library.getOrGenerate(aceStep, song(7), LABELS, listener, new Cancellation());
            assertTrue(told.size() > 0);
            told.clear();
            EntryLabels other = EntryLabels.named("Dusk").withTags("x");
            Piece kept = library.getOrGenerate(aceStep, song(7), other, listener, new Cancellation());
            assertEquals(List.of(), told);
            assertEquals(LABELS, kept.entry().labels());
            assertEquals(List.of(kept.entry()), library.entries());
            assertArrayEquals(made.audio().samples()[0], kept.audio().samples()[0]);

            Path file = folder.resolve(kept.entry().key() + EntryFile.ENDING);
            byte[] bytes = Files.readAllBytes(file);
            bytes[bytes.length / 2] ^= 1;
            Files.write(file, bytes);
            Piece again = library.getOrGenerate(aceStep, song(7), other);
            assertEquals(1, damaged.size());
            assertEquals(made.entry().pcmSha256(), again.audio().sha256());
            assertEquals(made.entry().pcmSha256(), library.read(again.entry()).sha256());
        }
    }

    @Test
    void musicThatIsNotFitToBeHeardIsMarkedOrFails() {
        QualityGate louder = QualityGate.defaults().withLeastRms(2);
        LibraryOptions strict = options.withQuality(louder, QualityPolicy.fail());
        try (MusicLibrary library = MusicLibrary.open(folder, strict)) {
            assertThrows(QualityException.class, () -> library.getOrGenerate(aceStep, song(7), LABELS));
            assertEquals(List.of(), library.entries());
        }
        try (MusicLibrary library = MusicLibrary.open(folder, options.withQuality(louder, QualityPolicy.handOut()))) {
            LibraryEntry made = library.getOrGenerate(aceStep, song(7), LABELS).entry();
            assertEquals(QualityProblem.SILENCE, made.findings().get(0).problem());
            assertEquals(Optional.empty(), made.loop());
            assertEquals(made, library.getOrGenerate(aceStep, song(7), LABELS).entry());
        }
        try (MusicLibrary library = MusicLibrary.open(folder, strict)) {
            assertThrows(QualityException.class, () -> library.getOrGenerate(aceStep, song(7), LABELS));
        }
    }

    @Test
    void aSourceIsNeededAgain() {
        AudioBuffer source = new AudioBuffer(new float[][] {new float[48_000]}, 48_000);
        GenerationResult result = aceStep.generate(AudioToAudioRequest.builder()
                .prompt("folk")
                .reference(source)
                .steps(3)
                .seed(5)
                .build());
        Recipe recipe = Recipe.parse(Recipe.of(result.receipt(), 0).toJson());
        assertThrows(LibraryException.class, () -> recipe.regenerate(aceStep));
        GenerationResult again =
                recipe.regenerate(aceStep, Optional.of(source), ProgressListener.none(), new Cancellation());
        assertEquals(result.audio().get(0).sha256(), again.audio().get(0).sha256());
    }

    @Test
    void whatDiffersIsNamed() {
        Recipe recipe = Recipe.of(song(7), aceStep);
        Recipe other = Recipe.parse(recipe.toJson().replace(recipe.bundleId(), "ef".repeat(32)));
        LibraryException refused = assertThrows(LibraryException.class, () -> other.regenerate(aceStep));
        assertTrue(refused.getMessage().startsWith("recipe: bundle_id: expected efef"), refused.getMessage());

        try (MusicLibrary library = MusicLibrary.open(folder, options)) {
            GenerationResult synthetic = Synthetic.result(1);
            LibraryEntry entry = library.put(synthetic, 0, LABELS, StorageForm.LATENTS);
            LibraryException foreign = assertThrows(LibraryException.class, () -> library.read(entry, aceStep));
            assertTrue(foreign.getMessage().contains("open that bundle"), foreign.getMessage());
        }
    }

    /** One thread and two sum in another order, or not: the figures are in docs/library.md. */
    @Test
    void otherThreadCountsGiveNearlyTheSame() {
        try (AceStep one = AceStep.open(BUNDLE, AceStepOptions.defaults().withThreads(1));
                AceStep two = AceStep.open(BUNDLE, AceStepOptions.defaults().withThreads(2))) {
            AudioBuffer ofOne = one.generate(song(7)).audio().get(0);
            AudioBuffer ofTwo = two.generate(song(7)).audio().get(0);
            assertTrue(snr(ofOne, ofTwo) > 60, "SNR " + snr(ofOne, ofTwo) + " dB");
        }
    }

    private static TextToMusicRequest song(long seed) {
        return TextToMusicRequest.builder()
                .prompt("calm piano, night")
                .lyrics("[verse]\nThe lamps along the harbour")
                .duration(2)
                .steps(4)
                .seed(seed)
                .build();
    }

    private static double snr(AudioBuffer expected, AudioBuffer found) {
        double energy = 0;
        double error = 0;
        for (int channel = 0; channel < expected.channels(); channel++) {
            for (int i = 0; i < expected.length(); i++) {
                double sample = expected.samples()[channel][i];
                energy += sample * sample;
                error += Math.pow(sample - found.samples()[channel][i], 2);
            }
        }
        return 10 * Math.log10(energy / error);
    }
}
