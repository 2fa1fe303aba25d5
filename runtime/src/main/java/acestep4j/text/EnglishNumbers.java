package acestep4j.text;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Numbers in English words, worded as the Python package num2words 0.5.14 words them: "one thousand, two hundred and one",
 * "twelve point five", "twenty-first", "two dollars, fifty cents". Floating-point numbers go through the arithmetic of
 * Python's floats, which shows from about 10^22 on. Every method throws {@link UnreadableNumberException} where the package
 * raises an error.
 */
final class EnglishNumbers {
    /** A number that has no words here. */
    static final class UnreadableNumberException extends Exception {
        private static final long serialVersionUID = 1L;

        UnreadableNumberException(String problem) {
            super(problem);
        }
    }

    private static final int LARGEST_POWER = 303;
    private static final BigInteger LIMIT = BigInteger.TEN.pow(LARGEST_POWER + 3);
    /** Python 3.11 and later read no integer of more digits from text. */
    private static final int MOST_DIGITS = 4300;

    private static final int MOST_CURRENCY_DIGITS = 28;
    private static final int DIGITS_A_FLOAT_KEEPS = 15;

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

    private EnglishNumbers() {}

    /** @param digits ASCII digits, leading zeros allowed */
    static String cardinal(String digits) throws UnreadableNumberException {
        return cardinal(integer(digits));
    }

    /** @param digits ASCII digits, leading zeros allowed */
    static String ordinal(String digits) throws UnreadableNumberException {
        String words = cardinal(digits);
        int lastWord = Math.max(words.lastIndexOf(' '), words.lastIndexOf('-')) + 1;
        String last = words.substring(lastWord);
        String ordinal = ORDINALS.get(last);
        if (ordinal == null) {
            ordinal = (last.endsWith("y") ? last.substring(0, last.length() - 1) + "ie" : last) + "th";
        }
        return words.substring(0, lastWord) + ordinal;
    }

    /** @param amount digits, a point, digits */
    static String decimal(String amount) throws UnreadableNumberException {
        double value = Double.parseDouble(amount);
        if (Double.isInfinite(value)) {
            throw new UnreadableNumberException("infinite");
        }
        return value == Math.rint(value) ? cardinal(value) : withFraction(value, decimalPlaces(amount, value));
    }

    /**
     * @param amount digits and points; more than one point is an error
     * @return without the cents where the amount has none
     */
    static String money(String amount, Currency currency) throws UnreadableNumberException {
        double value;
        try {
            value = Double.parseDouble(amount);
        } catch (NumberFormatException e) {
            throw new UnreadableNumberException("no amount: " + amount);
        }
        if (Double.isInfinite(value)) {
            throw new UnreadableNumberException("infinite");
        }
        BigDecimal rounded = new BigDecimal(value).setScale(2, RoundingMode.HALF_UP);
        if (rounded.precision() > MOST_CURRENCY_DIGITS) {
            throw new UnreadableNumberException("beyond decimal precision");
        }
        BigInteger[] parts = rounded.unscaledValue().divideAndRemainder(BigInteger.valueOf(100));
        String whole = cardinal(parts[0]) + ' ' + (parts[0].equals(BigInteger.ONE) ? currency.one : currency.many);
        String cents = cardinal(parts[1]) + ' ' + (parts[1].equals(BigInteger.ONE) ? currency.cent : currency.cents);
        return value == Math.rint(value) ? whole : whole + ", " + cents;
    }

    enum Currency {
        GBP("pound sterling", "pounds sterling", "penny", "pence"),
        USD("dollar", "dollars", "cent", "cents"),
        EUR("euro", "euro", "cent", "cents");

        private final String one;
        private final String many;
        private final String cent;
        private final String cents;

        Currency(String one, String many, String cent, String cents) {
            this.one = one;
            this.many = many;
            this.cent = cent;
            this.cents = cents;
        }
    }

    private static BigInteger integer(String digits) throws UnreadableNumberException {
        if (digits.length() > MOST_DIGITS) {
            throw new UnreadableNumberException("more than " + MOST_DIGITS + " digits");
        }
        return new BigInteger(digits);
    }

    private static String cardinal(BigInteger value) throws UnreadableNumberException {
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
        BigInteger exact = new BigDecimal(value).toBigInteger();
        if (exact.compareTo(LIMIT) >= 0) {
            throw new UnreadableNumberException("10^306 or more");
        }
        var words = new ArrayList<String>();
        double rest = value;
        for (int power = POWERS.length - 1; power > 0; power--) {
            if (new BigDecimal(rest).compareTo(new BigDecimal(POWERS[power])) >= 0) {
                double unit = POWERS[power].doubleValue();
                double remainder = rest % unit;
                double quotient = (rest - remainder) / unit;
                double count = Math.floor(quotient);
                if (quotient - count > 0.5) {
                    count += 1;
                }
                words.add(belowMillion((int) count) + ' ' + SCALES[power]);
                rest = remainder;
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

    private static String withFraction(double value, int places) throws UnreadableNumberException {
        double whole = Math.floor(value);
        double scale = BigDecimal.ONE.scaleByPowerOfTen(places).doubleValue();
        if (Double.isInfinite(scale)) {
            throw new UnreadableNumberException("more than 308 decimal places");
        }
        double scaled = (value - whole) * scale;
        double nearest = Math.rint(scaled);
        long fraction = (long) (Math.abs(nearest - scaled) < 0.01 ? nearest : Math.floor(scaled));
        String digits = Long.toString(fraction);
        digits = "0".repeat(Math.max(0, places - digits.length())) + digits;
        var words = new StringBuilder(cardinal(new BigDecimal(whole).toBigInteger())).append(" point");
        for (int i = 0; i < places; i++) {
            words.append(' ').append(BELOW_TWENTY[digits.charAt(i) - '0']);
        }
        return words.toString();
    }

    /**
     * How many decimal places Python prints: those of the decimal of fewest digits that is this float. Java prints it so only
     * from version 19 on.
     */
    private static int decimalPlaces(String amount, double value) {
        if (amount.length() <= DIGITS_A_FLOAT_KEEPS) {
            return new BigDecimal(amount).stripTrailingZeros().scale();
        }
        BigDecimal exact = new BigDecimal(value);
        BigDecimal rounded = exact;
        for (int digits = 1; digits <= 17; digits++) {
            rounded = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
            if (rounded.doubleValue() == value) {
                break;
            }
        }
        return rounded.scale();
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
