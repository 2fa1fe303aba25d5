package acestep4j.text;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Korean words for numbers as num2words 0.5.14 chooses them: Sino-Korean cardinals in groups of four digits, native
 * ordinals as far as it knows them. Stateless and thread-safe.
 */
final class KoreanNumbers {
    /** The official code fails on this number; what that means for the line is the caller's matter. */
    static final class UnreadableException extends Exception {
        private static final long serialVersionUID = 1L;

        UnreadableException(String problem) {
            super(problem);
        }
    }

    private static final String[] DIGITS = {"영", "일", "이", "삼", "사", "오", "육", "칠", "팔", "구"};
    /** Of 1, 10, 100 and 1000. */
    private static final String[] PLACES = {"", "십", "백", "천"};
    /** {@code UNITS[n]} names 10000^n. */
    private static final String[] UNITS = {
        "", "만", "억", "조", "경", "해", "자", "양", "구", "간", "정", "재", "극", "항하사", "아승기", "나유타", "불가사의", "무량대수"
    };

    private static final BigInteger[] POWERS = powers();
    private static final BigInteger LIMIT = BigInteger.TEN.pow(71);
    private static final Map<String, String> NATIVE = Map.ofEntries(
            Map.entry("일", "한"),
            Map.entry("이", "두"),
            Map.entry("삼", "세"),
            Map.entry("사", "네"),
            Map.entry("오", "다섯"),
            Map.entry("육", "여섯"),
            Map.entry("칠", "일곱"),
            Map.entry("팔", "여덟"),
            Map.entry("구", "아홉"),
            Map.entry("십", "열"),
            Map.entry("이십", "스물"),
            Map.entry("삼십", "서른"),
            Map.entry("사십", "마흔"),
            Map.entry("오십", "쉰"),
            Map.entry("육십", "예순"),
            Map.entry("칠십", "일흔"),
            Map.entry("팔십", "여든"),
            Map.entry("구십", "아흔"));

    /** Python reads no longer integer. */
    private static final int MOST_DIGITS = 4300;
    /** Python's decimals round to so many digits. */
    private static final int MOST_CURRENCY_DIGITS = 28;
    /** Any decimal of so many digits survives the way into a double and back. */
    private static final int DIGITS_A_FLOAT_KEEPS = 15;

    private KoreanNumbers() {}

    /** @param digits ASCII digits, leading zeros allowed */
    static String cardinal(String digits) throws UnreadableException {
        return cardinal(integer(digits));
    }

    /**
     * @param digits ASCII digits, leading zeros allowed
     * @throws UnreadableException also for the numbers that num2words has no ordinal for: 0, and whatever ends in a round
     *     hundred or thousand
     */
    static String ordinal(String digits) throws UnreadableException {
        BigInteger value = integer(digits);
        if (value.equals(BigInteger.ONE)) {
            return "첫 번째";
        }
        String words = cardinal(value);
        int lastWord = words.lastIndexOf(' ') + 1;
        int lastHundred = words.lastIndexOf("백") + 1;
        String last = words.substring(Math.max(lastWord, lastHundred));
        String hundreds = lastHundred > lastWord ? words.substring(lastWord, lastHundred) + ' ' : "";
        return words.substring(0, lastWord) + hundreds + nativeTens(last) + " 번째";
    }

    /** @param amount digits, a point, digits */
    static String decimal(String amount) throws UnreadableException {
        double value = Double.parseDouble(amount);
        if (Double.isInfinite(value)) {
            throw new UnreadableException("infinite");
        }
        return value == Math.rint(value) ? cardinal(value) : withFraction(value, decimalPlaces(amount, value));
    }

    /** @param amount digits and points; more than one point is an error */
    static String dollars(String amount) throws UnreadableException {
        double value;
        try {
            value = Double.parseDouble(amount);
        } catch (NumberFormatException e) {
            throw new UnreadableException("no amount: " + amount);
        }
        if (Double.isInfinite(value)) {
            throw new UnreadableException("infinite");
        }
        BigDecimal rounded = new BigDecimal(value).setScale(2, RoundingMode.HALF_UP);
        if (rounded.precision() > MOST_CURRENCY_DIGITS) {
            throw new UnreadableException("beyond decimal precision");
        }
        BigInteger[] parts = rounded.unscaledValue().divideAndRemainder(BigInteger.valueOf(100));
        return cardinal(parts[0]).replace(" ", "") + "달러 " + cardinal(parts[1]) + "센트";
    }

    private static String nativeTens(String word) throws UnreadableException {
        int tens = word.indexOf('십') + 1;
        String ten = NATIVE.get(word.substring(0, tens == 0 ? word.length() : tens));
        if (ten == null) {
            throw new UnreadableException("no ordinal for " + word);
        }
        if (tens == 0) {
            return ten;
        }
        String one = word.substring(tens);
        return ten + NATIVE.getOrDefault(one, one);
    }

    private static BigInteger integer(String digits) throws UnreadableException {
        if (digits.length() > MOST_DIGITS) {
            throw new UnreadableException("more than " + MOST_DIGITS + " digits");
        }
        return new BigInteger(digits);
    }

    private static String cardinal(BigInteger value) throws UnreadableException {
        requireBelowLimit(value);
        var words = new ArrayList<String>();
        BigInteger rest = value;
        for (int n = POWERS.length - 1; n > 0; n--) {
            if (rest.compareTo(POWERS[n]) >= 0) {
                BigInteger[] parts = rest.divideAndRemainder(POWERS[n]);
                words.add(group(parts[0].intValue(), n));
                rest = parts[1];
            }
        }
        return join(words, rest.intValue());
    }

    /** @param value an integer within a double, divided as Python divides floats: with their rounding */
    private static String cardinal(double value) throws UnreadableException {
        requireBelowLimit(new BigDecimal(value).toBigInteger());
        var words = new ArrayList<String>();
        double rest = value;
        for (int n = POWERS.length - 1; n > 0; n--) {
            if (new BigDecimal(rest).compareTo(new BigDecimal(POWERS[n])) >= 0) {
                double unit = POWERS[n].doubleValue();
                double remainder = rest % unit;
                double quotient = (rest - remainder) / unit;
                double count = Math.floor(quotient);
                if (quotient - count > 0.5) {
                    count += 1;
                }
                words.add(group((int) count, n));
                rest = remainder;
            }
        }
        return join(words, (int) rest);
    }

    private static void requireBelowLimit(BigInteger value) throws UnreadableException {
        if (value.compareTo(LIMIT) >= 0) {
            throw new UnreadableException("10^71 or more");
        }
    }

    private static String group(int count, int unit) {
        return (unit == 1 && count == 1 ? "" : belowTenThousand(count)) + UNITS[unit];
    }

    private static String join(List<String> words, int rest) {
        if (rest > 0 || words.isEmpty()) {
            words.add(belowTenThousand(rest));
        }
        return String.join(" ", words);
    }

    private static String belowTenThousand(int value) {
        if (value == 0) {
            return DIGITS[0];
        }
        var words = new StringBuilder();
        int divisor = 1000;
        for (int place = 3; place >= 0; place--, divisor /= 10) {
            int digit = value / divisor % 10;
            if (digit > 1 || digit == 1 && place == 0) {
                words.append(DIGITS[digit]);
            }
            if (digit > 0) {
                words.append(PLACES[place]);
            }
        }
        return words.toString();
    }

    private static String withFraction(double value, int places) throws UnreadableException {
        double whole = Math.floor(value);
        double scale = BigDecimal.ONE.scaleByPowerOfTen(places).doubleValue();
        if (Double.isInfinite(scale)) {
            throw new UnreadableException("more than 308 decimal places");
        }
        double scaled = (value - whole) * scale;
        double nearest = Math.rint(scaled);
        long fraction = (long) (Math.abs(nearest - scaled) < 0.01 ? nearest : Math.floor(scaled));
        String digits = Long.toString(fraction);
        digits = "0".repeat(Math.max(0, places - digits.length())) + digits;
        var words = new StringBuilder(cardinal(new BigDecimal(whole).toBigInteger())).append(" 점");
        for (int i = 0; i < places; i++) {
            words.append(' ').append(DIGITS[digits.charAt(i) - '0']);
        }
        return words.toString();
    }

    /** How many decimal places Python prints: those of the decimal of fewest digits that is this double. */
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

    private static BigInteger[] powers() {
        var powers = new BigInteger[UNITS.length];
        for (int n = 0; n < powers.length; n++) {
            powers[n] = BigInteger.TEN.pow(4 * n);
        }
        return powers;
    }
}
