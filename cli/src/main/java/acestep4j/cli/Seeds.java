package acestep4j.cli;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/** Reads seeds: "1" or "1,2". */
final class Seeds {
    private Seeds() {}

    /** @throws InputException naming the option or key when it isn't a list of whole numbers */
    static List<Long> parse(String source, String text) {
        List<Long> seeds = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            seeds.add(parseOne(source, part.strip()));
        }
        return seeds;
    }

    static Long parseOne(String source, String text) {
        try {
            if (text.length() > 40) {
                throw new NumberFormatException("too long");
            }
            return new BigDecimal(text).longValueExact();
        } catch (NumberFormatException | ArithmeticException e) {
            throw unexpected(source, text, e);
        }
    }

    private static InputException unexpected(String source, String text, RuntimeException e) {
        String shown = text.length() <= 40 ? text : text.substring(0, 37) + "...";
        return new InputException(
                source + ": expected whole numbers from 0 to 2^63-1 with commas between, found '" + shown + "'", e);
    }
}
