package acestep4j.text;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;

/** Numbers in Hungarian words: "tizenkettő egész öt tized", "huszonegyedik". Immutable and thread-safe. */
final class HungarianNumbers implements NumberWords {
    private static final String[] ONES = {
        "nulla", "egy", "kettő", "három", "négy", "öt", "hat", "hét", "nyolc", "kilenc"
    };
    private static final String[] TENS = {
        "", "tíz", "húsz", "harminc", "negyven", "ötven", "hatvan", "hetven", "nyolcvan", "kilencven"
    };
    private static final String[] LOW_ILLIONS = {"m", "b", "tr", "quadr", "quint", "sext", "sept", "oct", "non"};
    /** Of the powers of a thousand from a million on. */
    private static final List<String> SCALES =
            ScaledNumbers.illions(LOW_ILLIONS, "octo", "dec", "cent", "illió", "illiárd");

    /** Endings of cardinals and what they become before "ik"; the first that fits. */
    private static final String[][] ORDINAL_STEMS = {
        {"nulla", "nullad"},
        {"egy", "egyed"},
        {"kettő", "ketted"},
        {"három", "harmad"},
        {"négy", "negyed"},
        {"öt", "ötöd"},
        {"hat", "hatod"},
        {"hét", "heted"},
        {"nyolc", "nyolcad"},
        {"kilenc", "kilenced"},
        {"tíz", "tized"},
        {"húsz", "huszad"},
        {"harminc", "harmincad"},
        {"negyven", "negyvened"},
        {"ötven", "ötvened"},
        {"hatvan", "hatvanad"},
        {"hetven", "hetvened"},
        {"nyolcvan", "nyolcvanad"},
        {"kilencven", "kilencvened"},
        {"száz", "század"},
        {"ezer", "ezred"},
        {"illió", "milliomod"},
        {"illiárd", "milliárdod"},
    };
    /** By decimal places. */
    private static final String[] FRACTIONS = {"", "tized", "század", "ezred"};

    private static final BigInteger MILLION = BigInteger.valueOf(1_000_000);

    private static final MoneyWords MONEY = new MoneyWords(
            Map.of(
                    Currency.EUR, MoneyWords.Forms.of("euro", "euro", "cent", "cents"),
                    Currency.GBP, MoneyWords.Forms.of("pound sterling", "pounds sterling", "penny", "pence"),
                    Currency.USD, MoneyWords.Forms.of("dollar", "dollars", "cent", "cents")),
            MoneyWords.Plural.ONE_OR_MORE,
            ",");

    @Override
    public String cardinal(BigInteger value) throws UnreadableNumberException {
        return value.signum() == 0 ? ONES[0] : value.equals(BigInteger.TWO) ? ONES[2] : part(value);
    }

    /** Within a longer number: nothing for 0, "két" for 2. */
    private static String part(BigInteger value) throws UnreadableNumberException {
        if (value.compareTo(MILLION) < 0) {
            return part(value.intValue());
        }
        int digits = value.toString().length();
        int power = (digits % 3 == 0 ? digits - 2 : digits) / 3;
        BigInteger[] parts = value.divideAndRemainder(BigInteger.TEN.pow(3 * power));
        String rest = part(parts[1]);
        return part(parts[0]) + scale(power) + (rest.isEmpty() ? "" : '-' + rest);
    }

    private static String scale(int power) throws UnreadableNumberException {
        if (power - 2 >= SCALES.size()) {
            throw new UnreadableNumberException("too large");
        }
        return power == 1 ? "ezer" : SCALES.get(power - 2);
    }

    private static String part(int value) {
        if (value < 100) {
            return belowHundred(value);
        }
        if (value < 1000) {
            return (value < 200 ? "" : part(value / 100)) + "száz" + part(value % 100);
        }
        String rest = part(value % 1000);
        return (value < 2000 ? "" : part(value / 1000)) + "ezer" + (value <= 2000 || rest.isEmpty() ? "" : "-") + rest;
    }

    private static String belowHundred(int value) {
        if (value == 0) {
            return "";
        }
        if (value == 2) {
            return "két";
        }
        int ones = value % 10;
        if (ones == 0) {
            return TENS[value / 10];
        }
        String tens =
                switch (value / 10) {
                    case 1 -> "tizen";
                    case 2 -> "huszon";
                    default -> TENS[value / 10];
                };
        return tens + ONES[ones];
    }

    @Override
    public String ordinal(BigInteger value) throws UnreadableNumberException {
        if (value.equals(BigInteger.ONE)) {
            return "első";
        }
        if (value.equals(BigInteger.TWO)) {
            return "második";
        }
        String words = cardinal(value);
        for (String[] stem : ORDINAL_STEMS) {
            if (words.endsWith(stem[0])) {
                return words.substring(0, words.length() - stem[0].length()) + stem[1] + "ik";
            }
        }
        return words + "ik";
    }

    @Override
    public String decimal(double value) throws UnreadableNumberException {
        if (PythonFloat.isWhole(value)) {
            return value < MILLION.doubleValue() ? cardinal(PythonFloat.whole(value)) : part(value);
        }
        String text = PythonFloat.text(value);
        int point = text.indexOf('.');
        if (point < 0 || text.length() - point - 1 >= FRACTIONS.length) {
            throw new UnreadableNumberException("no name for its decimal places");
        }
        return cardinal(PythonFloat.whole(value)) + " egész " + cardinal(new BigInteger(text.substring(point + 1)))
                + ' ' + FRACTIONS[text.length() - point - 1];
    }

    /** The package takes the scale from the printed length of the float, point and zero or exponent included. */
    private static String part(double value) throws UnreadableNumberException {
        if (value < MILLION.doubleValue()) {
            return part((int) value);
        }
        int length = PythonFloat.text(value).length();
        int power = (length % 3 == 0 ? length - 2 : length) / 3;
        BigInteger scale = BigInteger.TEN.pow(3 * power);
        if (PythonFloat.whole(value).compareTo(scale) < 0) {
            throw new UnreadableNumberException("endless");
        }
        double[] parts = PythonFloat.divide(value, scale.doubleValue());
        String rest = part(parts[1]);
        return part(parts[0]) + scale(power) + (rest.isEmpty() ? "" : '-' + rest);
    }

    @Override
    public String money(double amount, Currency currency) throws UnreadableNumberException {
        return MONEY.write(amount, currency, this);
    }
}
