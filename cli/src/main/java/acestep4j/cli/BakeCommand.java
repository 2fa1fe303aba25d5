package acestep4j.cli;

import acestep4j.AceStep;
import acestep4j.AceStepException;
import acestep4j.GenerationResult;
import acestep4j.InvalidRequestException;
import acestep4j.library.Recipe;
import acestep4j.library.StorageForm;
import acestep4j.quality.QualityException;
import acestep4j.quality.QualityGate;
import acestep4j.quality.QualityReport;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes a whole soundtrack from a list; what is there already is left as it is. */
@Command(
        name = "bake",
        description = "Make a whole soundtrack from a list; run it again to go on where it was interrupted.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "The list is a JSON array of objects, or CSV with a header. Keys: name and prompt, and if wanted style,",
            "tags, and the flags of generate or loop without their dashes, such as lyrics, duration, seed, steps, or bpm",
            "and bars for a loop. A track without a seed has one that its name gives. Style and tags are labels to look a",
            "library's entries up by: the model hears of the prompt and the lyrics alone."
        })
final class BakeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private ModelFlags model;

    @Option(names = "--list", required = true, paramLabel = "FILE", description = "The tracks: .json or .csv.")
    private Path list;

    @ArgGroup(multiplicity = "1")
    private Place place;

    private static final class Place {
        @Option(names = "--out", paramLabel = "DIR", description = "Write audio files with receipts into this folder.")
        private Path folder;

        @Option(
                names = "--library",
                paramLabel = "DIR",
                description = "Put the tracks into the library in this folder.")
        private Path library;
    }

    @Option(names = "--extension", paramLabel = "NAME", description = "Of files: wav (default), flac, ogg or mp3.")
    private String extension;

    @Mixin
    private SoundFlags sound;

    @Option(
            names = "--form",
            paramLabel = "FORM",
            converter = Labels.Form.class,
            description =
                    "Of a library's entries: pcm16 (default), pcm24, float, latents or compact_latents. Entries of"
                            + " another form are made again.")
    private StorageForm form;

    @Option(
            names = "--strict",
            description =
                    "Let a track fail that is silent, clipped or of the wrong length, and keep nothing of it; without"
                            + " this flag there is a warning.")
    private boolean strict;

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        List<Track> tracks = TrackList.read(list);
        try (BakeTarget target = target(tracks, err);
                AceStep aceStep = model.open(Optional.empty())) {
            return bake(recipes(tracks, aceStep), target, aceStep, err);
        }
    }

    private BakeTarget target(List<Track> tracks, PrintWriter err) {
        if (place.library != null) {
            if (extension != null || !sound.isEmpty()) {
                throw new InputException(
                        "--extension, --format, --kilobits: have no meaning for a library; give --form");
            }
            return new BakeLibrary(place.library, Optional.ofNullable(form), err);
        }
        if (form != null) {
            throw new InputException("--form: has no meaning for audio files; give --extension and --format");
        }
        String ending = extension == null ? "wav" : extension;
        Optional<Path> lora = model.loraFile(Optional.empty());
        return new BakeFolder(place.folder, ending, sound.audioFormat(Path.of("track." + ending)), tracks, list, lora);
    }

    /** What each track is made of with this bundle. */
    private static Map<Track, Recipe> recipes(List<Track> tracks, AceStep aceStep) {
        Map<Track, Recipe> recipes = new LinkedHashMap<>();
        for (Track track : tracks) {
            try {
                recipes.put(track, Recipe.of(track.request(), aceStep));
            } catch (InvalidRequestException e) {
                throw new InputException(track.where() + ": " + e.getMessage(), e);
            }
        }
        return recipes;
    }

    private int bake(Map<Track, Recipe> recipes, BakeTarget target, AceStep aceStep, PrintWriter err) {
        int all = recipes.size();
        recipes.entrySet().removeIf(each -> target.has(each.getKey(), each.getValue()));
        int there = all - recipes.size();
        int failed = 0;
        int made = 0;
        long start = System.nanoTime();
        for (Track track : recipes.keySet()) {
            int done = failed + made;
            err.println("track      " + ProgressPrinter.bar(there + done, all) + " " + (there + done + 1) + "/" + all
                    + " " + track.name() + clocks(start, done, recipes.size()));
            GenerationResult result;
            try {
                result = make(track, aceStep, err);
            } catch (AceStepException e) {
                failed++;
                err.println("acestep4j: " + where(track) + e.getMessage());
                continue;
            }
            try {
                target.put(track, result);
                made++;
            } catch (AceStepException e) {
                failed++;
                err.println(
                        "acestep4j: " + where(track) + e.getMessage() + "; the run ends here, as what follows couldn't"
                                + " be kept either: mend that, and run it again to go on");
                break;
            }
        }
        int left = recipes.size() - made - failed;
        spec.commandLine()
                .getOut()
                .println(all + " tracks: " + made + " made, " + there + " there already, " + failed + " failed"
                        + (left == 0 ? "" : ", " + left + " not begun"));
        return failed == 0 ? Main.OK : Main.FAILED;
    }

    /** @throws QualityException when it is strict and the music isn't fit to be heard */
    private GenerationResult make(Track track, AceStep aceStep, PrintWriter err) {
        GenerationResult result;
        try (ProgressPrinter progress = new ProgressPrinter(err, Terminal.isInteractive())) {
            result = aceStep.generate(track.request(), progress);
        }
        List<String> warnings = MusicCommand.warnings(result.receipt());
        QualityReport report = QualityGate.defaults().check(result);
        if (!report.isGood()) {
            if (strict) {
                throw new QualityException(List.of(report));
            }
            warnings.add("the music isn't fit to be heard: " + report);
        }
        warnings.forEach(warning -> err.println("acestep4j: warning: " + where(track) + warning));
        return result;
    }

    private static String where(Track track) {
        return track.where() + ": " + track.name() + ": ";
    }

    /** Time so far, and what is left if the tracks to come take as long as those before. */
    private static String clocks(long start, int done, int all) {
        Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
        String left = done == 0
                ? ""
                : ", ETA "
                        + ProgressPrinter.clock(elapsed.multipliedBy(all - done).dividedBy(done));
        return ", elapsed " + ProgressPrinter.clock(elapsed) + left;
    }
}
