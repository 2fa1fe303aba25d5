package acestep4j.text;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Numbers in English words, worded as the Python package num2words 0.5.14 words them: "one thousand, two hundred and one",
 * "twelve point five", "twenty-first", "two dollars, fifty cents". Floating-point numbers go through the arithmetic of
 * Python's floats, which shows from about 10^22 on. Immutable and thread-safe.
 */
final class EnglishNumbers implements NumberWords {
    private static final int LARGEST_POWER = 303;
    private static final BigInteger LIMIT = BigInteger.TEN.pow(LARGEST_POWER + 3);

    private static final String[] BELOW_TWENTY = {
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen"
    };
    private static final String[] TENS = {
        "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"
    };
    private static final MoneyWords MONEY = new MoneyWords(
            Map.of(
                    Currency.EUR, MoneyWords.Forms.of("euro", "euro", "cent", "cents"),
                    Currency.GBP, MoneyWords.Forms.of("pound sterling", "pounds sterling", "penny", "pence"),
                    Currency.USD, MoneyWords.Forms.of("dollar", "dollars", "cent", "cents")),
            MoneyWords.Plural.ONE_OR_MORE,
            ",");
    private static final String[] SCALES = scales();
    private static final BigInteger[] POWERS = powers();
    private static final Map<String, String> ORDINALS = Map.ofEntries(
            Map.entry("one", "first"),
            Map.entry("two", "second"),
            Map.entry("three", "third"),
            Map.entry("four", "fourth"),
            Map.entry("five", "fifth"),
            Map.entry("six", "sixth"),
            Map.entry("seven", "seventh"),
            Map.entry("eight", "eighth"),
            Map.entry("nine", "ninth"),
            Map.entry("ten", "tenth"),
            Map.entry("eleven", "eleventh"),
            Map.entry("twelve", "twelfth"));

    @Override
    public String ordinal(BigInteger value) throws UnreadableNumberException {
        String words = cardinal(value);
        int lastWord = Math.max(words.lastIndexOf(' '), words.lastIndexOf('-')) + 1;
        String last = words.substring(lastWord);
        String ordinal = ORDINALS.get(last);
        if (ordinal == null) {
            ordinal = (last.endsWith("y") ? last.substring(0, last.length() - 1) + "ie" : last) + "th";
        }
        return words.substring(0, lastWord) + ordinal;
    }

    @Override
    public String decimal(double value) throws UnreadableNumberException {
        if (PythonFloat.isWhole(value)) {
            return cardinal(value);
        }
        var words = new StringBuilder(cardinal(PythonFloat.whole(value))).append(" point");
        String fraction = PythonFloat.fraction(value);
        for (int i = 0; i < fraction.length(); i++) {
            words.append(' ').append(BELOW_TWENTY[fraction.charAt(i) - '0']);
        }
        return words.toString();
    }

    @Override
    public String money(double amount, Currency currency) throws UnreadableNumberException {
        return MONEY.write(amount, currency, this);
    }

    @Override
    public String cardinal(BigInteger value) throws UnreadableNumberException {
        if (value.compareTo(LIMIT) >= 0) {
            throw new UnreadableNumberException("10^306 or more");
        }
        var words = new ArrayList<String>();
        BigInteger rest = value;
        for (int power = POWERS.length - 1; power > 0; power--) {
            if (rest.compareTo(POWERS[power]) >= 0) {
                BigInteger[] parts = rest.divideAndRemainder(POWERS[power]);
                words.add(belowMillion(parts[0].intValue()) + ' ' + SCALES[power]);
                rest = parts[1];
            }
        }
        return join(words, rest.intValue());
    }

    /** @param value an integer within a float */
    private static String cardinal(double value) throws UnreadableNumberException {
        BigInteger exact = PythonFloat.whole(value);
        if (exact.compareTo(LIMIT) >= 0) {
            throw new UnreadableNumberException("10^306 or more");
        }
        var words = new ArrayList<String>();
        double rest = value;
        for (int power = POWERS.length - 1; power > 0; power--) {
            if (PythonFloat.whole(rest).compareTo(POWERS[power]) >= 0) {
                double[] parts = PythonFloat.divide(rest, POWERS[power].doubleValue());
                words.add(belowMillion((int) parts[0]) + ' ' + SCALES[power]);
                rest = parts[1];
            }
        }
        return join(words, (int) rest);
    }

    /** @param rest below 1000 */
    private static String join(List<String> words, int rest) {
        if (words.isEmpty()) {
            return belowThousand(rest);
        }
        String scaled = String.join(", ", words);
        if (rest == 0) {
            return scaled;
        }
        return scaled + (rest < 100 ? " and " : ", ") + belowThousand(rest);
    }

    private static String belowMillion(int value) {
        if (value < 1000) {
            return belowThousand(value);
        }
        return join(List.of(belowThousand(value / 1000) + ' ' + SCALES[1]), value % 1000);
    }

    private static String belowThousand(int value) {
        if (value < 20) {
            return BELOW_TWENTY[value];
        }
        if (value < 100) {
            String tens = TENS[value / 10];
            return value % 10 == 0 ? tens : tens + '-' + BELOW_TWENTY[value % 10];
        }
        String hundreds = BELOW_TWENTY[value / 100] + " hundred";
        return value % 100 == 0 ? hundreds : hundreds + " and " + belowThousand(value % 100);
    }

    /** {@code SCALES[n]} names 1000^n. */
    private static String[] scales() {
        String[] units = {"", "un", "duo", "tre", "quattuor", "quin", "sex", "sept", "octo", "novem"};
        String[] tens = {
            "dec", "vigint", "trigint", "quadragint", "quinquagint", "sexagint", "septuagint", "octogint", "nonagint"
        };
        var names = new ArrayList<>(List.of("", "thousand"));
        for (String low : new String[] {"m", "b", "tr", "quadr", "quint", "sext", "sept", "oct", "non"}) {
            names.add(low + "illion");
        }
        for (String ten : tens) {
            for (String unit : units) {
                names.add(unit + ten + "illion");
            }
        }
        names.add("centillion");
        return names.toArray(String[]::new);
    }

    private static BigInteger[] powers() {
        var powers = new BigInteger[LARGEST_POWER / 3 + 1];
        for (int n = 0; n < powers.length; n++) {
            powers[n] = BigInteger.TEN.pow(3 * n);
        }
        return powers;
    }
}
