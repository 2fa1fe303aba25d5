package acestep4j.text;

import acestep4j.InvalidRequestException;

/** Refuses text that no encoding can carry. */
final class WellFormed {
    private WellFormed() {}

    /** @throws InvalidRequestException naming the first surrogate without its other half */
    static String require(String field, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                throw new InvalidRequestException(
                        field,
                        String.format(
                                "half a character (\\u%04X) at index %d; remove it or complete the pair", (int) c, i));
            }
        }
        return text;
    }
}
