package acestep4j.text;

import java.math.BigInteger;

/**
 * Numbers in Turkish words: "yüzyirmibeş", "yirmibirinci". The package can't say amounts of money, says nothing for a
 * cardinal that no double holds, and drops a one here and there before a scale. Immutable and thread-safe.
 */
final class TurkishNumbers implements NumberWords {
    private static final String[] ONES = {"", "bir", "iki", "üç", "dört", "beş", "altı", "yedi", "sekiz", "dokuz"};
    private static final String[] TENS = {
        "", "on", "yirmi", "otuz", "kırk", "elli", "altmış", "yetmiş", "seksen", "doksan"
    };
    private static final String[] ONES_ORDINAL = {
        "", "birinci", "ikinci", "üçüncü", "dördüncü", "beşinci", "altıncı", "yedinci", "sekizinci", "dokuzuncu"
    };
    private static final String[] TENS_ORDINAL = {
        "",
        "onuncu",
        "yirminci",
        "otuzuncu",
        "kırkıncı",
        "ellinci",
        "altmışıncı",
        "yetmişinci",
        "sekseninci",
        "doksanıncı"
    };
    /** Of the powers of a thousand. */
    private static final String[] SCALES = {"", "bin", "milyon", "milyar", "trilyon", "katrilyon", "kentilyon"};

    private static final String[] SCALES_ORDINAL = {
        "", "bininci", "milyonuncu", "milyarıncı", "trilyonuncu", "katrilyonuncu", "kentilyon"
    };
    private static final BigInteger LIMIT =
            BigInteger.TEN.pow(3 * SCALES.length).subtract(BigInteger.ONE);

    @Override
    public String cardinal(BigInteger value) throws UnreadableNumberException {
        requireBelowLimit(value);
        if (value.signum() == 0) {
            return "sıfır";
        }
        boolean held = PythonFloat.whole(value.doubleValue()).equals(value);
        return held ? words(Triplets.of(value), false) : "";
    }

    @Override
    public String ordinal(BigInteger value) throws UnreadableNumberException {
        requireBelowLimit(value);
        return value.signum() == 0 ? "sıfırıncı" : words(Triplets.of(value), true);
    }

    private static void requireBelowLimit(BigInteger value) throws UnreadableNumberException {
        if (value.compareTo(LIMIT) >= 0) {
            throw new UnreadableNumberException("too large");
        }
    }

    private static String words(int[] triplets, boolean ordinal) {
        int last = 0;
        while (triplets[last] == 0) {
            last++;
        }
        var words = new StringBuilder();
        for (int power = triplets.length - 1; power >= last; power--) {
            int triplet = triplets[power];
            if (triplet == 0) {
                continue;
            }
            boolean ends = power == last;
            int hundreds = triplet / 100;
            int tens = triplet / 10 % 10;
            int ones = triplet % 10;
            if (hundreds > 0) {
                words.append(hundreds == 1 ? "" : ONES[hundreds]);
                words.append(ordinal && ends && power == 0 && triplet % 100 == 0 ? "yüzüncü" : "yüz");
            }
            words.append((ordinal && ends && power == 0 && ones == 0 ? TENS_ORDINAL : TENS)[tens]);
            if (ordinal && ends && power == 0) {
                words.append(ONES_ORDINAL[ones]);
            } else if (saysOnes(triplet, power, triplets.length, ends, ordinal)) {
                words.append(ONES[ones]);
            }
            words.append((ordinal && ends ? SCALES_ORDINAL : SCALES)[power]);
        }
        return words.toString();
    }

    private static boolean saysOnes(int triplet, int power, int triplets, boolean ends, boolean ordinal) {
        boolean leads = power == triplets - 1;
        boolean one = triplet % 10 == 1;
        if (power == 0) {
            return true;
        }
        if (leads) {
            boolean bareThousand = power == 1 && triplet == 1;
            boolean longThousand = power == 1 && triplet >= 100 && one && !ends;
            return !bareThousand && !longThousand;
        }
        if (triplet >= 10) {
            return true;
        }
        if (ends) {
            return power > 1 || !one;
        }
        return (ordinal || power == 1) && !one;
    }

    @Override
    public String decimal(double value) throws UnreadableNumberException {
        throw new UnreadableNumberException("decimals stay as they are");
    }

    @Override
    public String money(double amount, Currency currency) throws UnreadableNumberException {
        throw new UnreadableNumberException("no words for currencies");
    }
}
