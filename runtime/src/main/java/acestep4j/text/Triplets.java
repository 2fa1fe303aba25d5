package acestep4j.text;

import java.math.BigInteger;

/** Numbers cut into groups of three digits. */
final class Triplets {
    private static final BigInteger HUNDRED = BigInteger.valueOf(100);

    private Triplets() {}

    /** The number in base 1000, its last three digits first; one triplet for 0. */
    static int[] of(BigInteger value) {
        String digits = value.toString();
        var triplets = new int[(digits.length() + 2) / 3];
        for (int power = 0; power < triplets.length; power++) {
            int end = digits.length() - 3 * power;
            triplets[power] = Integer.parseInt(digits.substring(Math.max(0, end - 3), end));
        }
        return triplets;
    }

    static int lastTwoDigits(BigInteger value) {
        return value.mod(HUNDRED).intValue();
    }
}
