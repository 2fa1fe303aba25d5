package acestep4j;

import java.util.List;

/** The limits of a request's fields, one method per kind of field. */
final class RequestRules {
    static final double SHORTEST_SECONDS = 1;
    static final double LONGEST_SECONDS = 240;
    static final int MOST_STEPS = 1000;
    static final int LARGEST_BATCH = 16;

    private RequestRules() {}

    static void text(String field, String text) {
        if (text == null) {
            throw new InvalidRequestException(field, "expected a text, found null; use an empty text for none");
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean paired = Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1));
            if (paired) {
                i++;
            } else if (Character.isSurrogate(c)) {
                throw new InvalidRequestException(
                        field,
                        String.format(
                                "expected valid Unicode, found the lone surrogate U+%04X at index %d; remove it",
                                (int) c, i));
            }
        }
    }

    static void duration(double seconds) {
        if (!(seconds >= SHORTEST_SECONDS && seconds <= LONGEST_SECONDS)) {
            throw new InvalidRequestException("duration", "expected 1 to 240 seconds, found " + seconds);
        }
    }

    static void steps(int steps) {
        if (steps < 1 || steps > MOST_STEPS) {
            throw new InvalidRequestException("steps", "expected 1 to " + MOST_STEPS + ", found " + steps);
        }
    }

    static void batchSize(int batchSize) {
        if (batchSize < 1 || batchSize > LARGEST_BATCH) {
            throw new InvalidRequestException(
                    "batchSize",
                    "expected 1 to " + LARGEST_BATCH + ", found " + batchSize
                            + "; all items of a batch are in memory at once, so split it into several requests");
        }
    }

    static void seeds(List<Long> seeds, int batchSize) {
        if (seeds.size() > batchSize) {
            throw new InvalidRequestException(
                    "seeds",
                    "expected at most one for each of the " + batchSize + " items of the batch, found " + seeds.size());
        }
        for (Long seed : seeds) {
            if (seed == null || seed < 0) {
                throw new InvalidRequestException("seeds", "expected whole numbers from 0 to 2^63-1, found " + seed);
            }
        }
    }

    static void from0(String field, double value) {
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw new InvalidRequestException(field, "expected a finite number from 0 up, found " + value);
        }
    }

    static void from0To1(String field, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new InvalidRequestException(field, "expected a number from 0 to 1, found " + value);
        }
    }

    static void finite(String field, double value) {
        if (!Double.isFinite(value)) {
            throw new InvalidRequestException(field, "expected a finite number, found " + value);
        }
    }
}
