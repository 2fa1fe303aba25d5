package acestep4j.cli;

import acestep4j.diffusion.GuidanceType;
import acestep4j.diffusion.SchedulerType;
import acestep4j.library.StorageForm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads names of schedulers, guidance kinds and storage forms, lists of steps, and sizes. */
final class Labels {
    private static final Pattern SIZE =
            Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?) ?(GB|MB)", Pattern.CASE_INSENSITIVE);

    private Labels() {}

    static SchedulerType scheduler(String label) {
        return SchedulerType.labelled(label)
                .orElseThrow(() -> new TypeConversionException("expected one of "
                        + Arrays.stream(SchedulerType.values())
                                .map(SchedulerType::label)
                                .collect(Collectors.joining(", "))
                        + ", found '" + label + "'"));
    }

    /** Double condition guidance is asked for by its scales. */
    static GuidanceType guidance(String label) {
        return GuidanceType.labelled(label)
                .filter(type -> type != GuidanceType.DOUBLE_CONDITION)
                .orElseThrow(
                        () -> new TypeConversionException("expected one of apg, cfg, cfg_star, found '" + label + "'"));
    }

    /** Steps with commas between. */
    static List<Integer> steps(String text) {
        try {
            List<Integer> steps = new ArrayList<>();
            for (String step : text.split(",", -1)) {
                steps.add(Integer.parseInt(step.strip()));
            }
            return steps;
        } catch (NumberFormatException e) {
            throw new TypeConversionException("expected whole numbers with commas between, found '" + text + "'");
        }
    }

    /** A size such as 6GB or 800MB, in bytes. */
    static long bytes(String option, String text) {
        Matcher matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            throw new InputException(option + ": expected a size such as 6GB or 800MB, found '" + text + "'");
        }
        double unit = matcher.group(2).equalsIgnoreCase("GB") ? 1e9 : 1e6;
        return (long) (Double.parseDouble(matcher.group(1)) * unit);
    }

    static final class Form implements ITypeConverter<StorageForm> {
        @Override
        public StorageForm convert(String label) {
            return StorageForm.labelled(label)
                    .orElseThrow(() -> new TypeConversionException("expected one of "
                            + Arrays.stream(StorageForm.values())
                                    .map(StorageForm::label)
                                    .collect(Collectors.joining(", "))
                            + ", found '" + label + "'"));
        }
    }

    static final class Scheduler implements ITypeConverter<SchedulerType> {
        @Override
        public SchedulerType convert(String label) {
            return scheduler(label);
        }
    }

    static final class Guidance implements ITypeConverter<GuidanceType> {
        @Override
        public GuidanceType convert(String label) {
            return guidance(label);
        }
    }

    static final class Steps implements ITypeConverter<List<Integer>> {
        @Override
        public List<Integer> convert(String text) {
            return steps(text);
        }
    }
}
