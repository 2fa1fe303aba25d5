package acestep4j.cli;

import acestep4j.InvalidRequestException;
import acestep4j.request.GenerationRequest;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.apache.commons.csv.DuplicateHeaderMode;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/**
 * The tracks of a list: a JSON array of objects, or CSV with a header, whose keys are the long flags without their dashes.
 * All rows are checked before any is used.
 */
final class TrackList {
    /** A byte order mark, as spreadsheets write it. */
    private static final String BYTE_ORDER_MARK = "\ufeff";

    private final Path file;
    private final List<Track> tracks = new ArrayList<>();
    private final Map<String, String> names = new HashMap<>();
    private final Map<GenerationRequest, String> requests = new HashMap<>();

    private TrackList(Path file) {
        this.file = file;
    }

    /** @throws InputException naming the file and the line of the first row that can't be carried out */
    static List<Track> read(Path file) {
        TrackList list = new TrackList(file);
        String text = InputFile.read("--list", file);
        if (text.startsWith(BYTE_ORDER_MARK)) {
            text = text.substring(1);
        }
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        if (name.endsWith(".json")) {
            list.readJson(text);
        } else if (name.endsWith(".csv")) {
            list.readCsv(text);
        } else {
            throw new InputException("--list: expected a file that ends in .json or .csv, found " + file);
        }
        if (list.tracks.isEmpty()) {
            throw new InputException("--list: expected at least one track, found none in " + file);
        }
        return list.tracks;
    }

    private void readCsv(String text) {
        CSVFormat format = CSVFormat.DEFAULT
                .builder()
                .setHeader()
                .setSkipHeaderRecord(true)
                .setTrim(true)
                .setIgnoreEmptyLines(true)
                .setDuplicateHeaderMode(DuplicateHeaderMode.DISALLOW)
                .get();
        long line = 1;
        try (CSVParser parser = CSVParser.parse(text, format)) {
            line = parser.getCurrentLineNumber() + 1;
            for (CSVRecord record : parser) {
                if (!record.isConsistent()) {
                    throw problem(
                            line, "expected " + parser.getHeaderNames().size() + " cells, found " + record.size());
                }
                add(line, record.toMap());
                line = parser.getCurrentLineNumber() + 1;
            }
        } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
            throw problem(line, "expected CSV with a header: " + e.getMessage());
        }
    }

    private void readJson(String text) {
        Lines lines = new Lines(text);
        try (JsonReader reader = new JsonReader(lines)) {
            reader.setStrictness(Strictness.STRICT);
            reader.beginArray();
            while (reader.hasNext()) {
                reader.beginObject();
                int line = lines.line;
                Map<String, String> row = new LinkedHashMap<>();
                while (reader.hasNext()) {
                    String key = reader.nextName();
                    if (row.put(key, value(reader, key, lines)) != null) {
                        throw problem(lines.line, "expected each key once, found '" + key + "' twice");
                    }
                }
                reader.endObject();
                add(line, row);
            }
            reader.endArray();
            reader.peek();
        } catch (MalformedJsonException | IllegalStateException e) {
            String found = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw problem(lines.line, "expected a JSON array of objects: " + found);
        } catch (IOException e) {
            throw problem(lines.line, "expected a JSON array of objects, found one that ends too early");
        }
    }

    private String value(JsonReader reader, String key, Lines lines) throws IOException {
        JsonToken token = reader.peek();
        if (token == JsonToken.BEGIN_ARRAY) {
            List<String> values = new ArrayList<>();
            reader.beginArray();
            while (reader.hasNext()) {
                values.add(value(reader, key, lines));
            }
            reader.endArray();
            return String.join(",", values);
        }
        if (token == JsonToken.BOOLEAN) {
            return String.valueOf(reader.nextBoolean());
        }
        if (token == JsonToken.NUMBER || token == JsonToken.STRING) {
            return reader.nextString();
        }
        throw problem(
                lines.line,
                key + ": expected a text, a number, true, false or a list of them, found "
                        + token.name().toLowerCase(Locale.ROOT).replace('_', ' '));
    }

    /** Takes the row as the flags of a command; an empty cell counts as left out. */
    private void add(long line, Map<String, String> row) {
        CommandLine commandLine = new CommandLine(new TrackFlags()).setCaseInsensitiveEnumValuesAllowed(true);
        List<String> arguments = new ArrayList<>();
        for (Map.Entry<String, String> cell : row.entrySet()) {
            if (!known(commandLine).contains(cell.getKey())) {
                throw problem(
                        line,
                        "expected one of " + String.join(", ", known(commandLine)) + "; found '" + cell.getKey() + "'");
            }
            if (!cell.getValue().isEmpty()) {
                arguments.add("--" + cell.getKey() + "=" + cell.getValue());
            }
        }
        String name = row.getOrDefault("name", "");
        if (name.isEmpty()) {
            throw problem(line, "name: expected a name for the track, found none");
        }
        if (row.getOrDefault("seed", "").isEmpty()) {
            arguments.add("--seed=" + seed(name));
        }
        Track track = track(line, commandLine, arguments);
        requireOther(names.putIfAbsent(name.toLowerCase(Locale.ROOT), where(line)), line, "name");
        requireOther(requests.putIfAbsent(track.request(), where(line)), line, "prompt, settings and seed");
        tracks.add(track);
    }

    private Track track(long line, CommandLine commandLine, List<String> arguments) {
        try {
            commandLine.parseArgs(arguments.toArray(new String[0]));
            TrackFlags flags = commandLine.getCommand();
            return new Track(where(line), flags.labels(), flags.request());
        } catch (ParameterException | InvalidRequestException | InputException e) {
            throw problem(line, e.getMessage());
        }
    }

    private void requireOther(String before, long line, String what) {
        if (before != null) {
            throw problem(line, "expected another " + what + ", found that of " + before);
        }
    }

    /** The keys of a row. A row is one piece: it has no batch. */
    private static TreeSet<String> known(CommandLine commandLine) {
        return commandLine.getCommandSpec().optionsMap().keySet().stream()
                .filter(name -> name.startsWith("--") && !name.equals("--batch-size"))
                .map(name -> name.substring(2))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** A track without a seed has the same one each time, and another one than its neighbours: 32 bits of its name's hash. */
    private static long seed(String name) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
            long seed = 0;
            for (int i = 0; i < Integer.BYTES; i++) {
                seed = seed << Byte.SIZE | Byte.toUnsignedInt(hash[i]);
            }
            return seed;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private InputException problem(long line, String problem) {
        return new InputException(where(line) + ": " + problem);
    }

    private String where(long line) {
        return file + " line " + line;
    }

    /** Gives its text character by character, so that the line is that of what was read last. */
    private static final class Lines extends StringReader {
        private int line = 1;

        Lines(String text) {
            super(text);
        }

        @Override
        public int read(char[] characters, int offset, int length) throws IOException {
            int count = super.read(characters, offset, Math.min(1, length));
            line += count == 1 && characters[offset] == '\n' ? 1 : 0;
            return count;
        }
    }
}
